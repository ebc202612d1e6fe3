"""The layers: third-party packages by lock file, and our own code; each is built once per content."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from infra import archives
from infra.bootstrap import EMULATOR, ROOT

LAYERS: Final = ROOT / "layers"
BUILT: Final = ROOT / ".build" / "layers"
LIMIT_BYTES: Final = 250 * 1024 * 1024
PYTHON_ON_AWS: Final = "3.14"
PLATFORM_ON_AWS: Final = "x86_64-manylinux_2_28"
OURS: Final = "gloss"
#: Builds of our own layer that stay.
KEPT: Final = 8
LOCAL: Final = "local"
ON_AWS: Final = "lambda"
WASTE: Final = ("tests", "test_files", "__pycache__")
WASTE_AT_ROOT: Final = ("bin", "include", "share")
WASTE_ENDINGS: Final = (".pyi", ".pxd", ".pyx", ".c", ".h", ".a", "/RECORD", "/INSTALLER", "/REQUESTED", "/WHEEL")
#: What no function imports: the C library beside the Python module that already holds it, tools for making models or
#: extension modules, and the codes of structured reports.
NUMPY_SURPLUS: Final = ("numpy/f2py", "numpy/distutils")
SURPLUS: Final = {
    "imaging": NUMPY_SURPLUS,
    "numbers": NUMPY_SURPLUS,
    "medical": ("pydicom/sr",),
    "embedding": (
        "onnxruntime/capi/libonnxruntime.so*",
        "onnxruntime/transformers",
        "onnxruntime/quantization",
        "onnxruntime/tools",
    ),
}
RECIPE: Final = "7"


def names() -> list[str]:
    """Every layer, our own code among them."""
    return sorted(folder.name for folder in LAYERS.iterdir() if folder.is_dir())


def archive(name: str, target: str) -> Path:
    """The zip of a layer for `local` (the emulator's interpreter) or `lambda` (AWS); built when it is not there yet.

    The emulator unpacks every layer for every worker that it starts: there, layers only point to the folder that they
    were built into (docs/decisions/0006). The code of the rooms is always deployed.
    """
    built = folder(name, target)
    made = built.with_suffix(".zip")
    if not made.exists():
        if target == LOCAL:
            _point(built, made)
        else:
            archives.pack(built, archives.files(built), made)
    return made


def folder(name: str, target: str) -> Path:
    """What the layer's zip holds, unpacked; built when it is not there yet."""
    built = BUILT / target / f"{name}-{_fingerprint(name, target)}"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=built.parent) as scratch:
            _build(name, target, Path(scratch) / "layer" / "python")
            _put_in_place(Path(scratch) / "layer", built)
    return built


def unzipped_bytes(name: str, target: str) -> int:
    """What the layer takes of Lambda's 250 MB."""
    return sum(path.stat().st_size for path in archives.files(folder(name, target)))


def _put_in_place(made: Path, built: Path) -> None:
    """Whoever builds first wins: a second builder's work is the same."""
    with suppress(OSError):
        made.rename(built)
    if built.name.startswith(f"{OURS}-"):
        _forget_older(built)


def _forget_older(built: Path) -> None:
    """Our own code changes often; an instance that runs may still point to what was built before."""
    folders = [path for path in built.parent.glob(f"{OURS}-*") if path.is_dir()]
    for old in sorted(folders, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.with_suffix(".zip").unlink(missing_ok=True)
        shutil.rmtree(old, ignore_errors=True)


def _build(name: str, target: str, python: Path) -> None:
    if name == OURS:
        shutil.copytree(LAYERS / name / "python", python, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        print(f"Building layer {name} for {target} ...", file=sys.stderr, flush=True)
        _install(name, target, python)
    _compile(target, python)


def _point(built: Path, made: Path) -> None:
    """A layer of one file, which puts the built folder on the path of whoever loads the layer."""
    with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
        pointer = Path(scratch) / "python" / "lib" / "python3" / "site-packages" / f"{built.name}.pth"
        pointer.parent.mkdir(parents=True)
        pointer.write_text(f"import sys; sys.path.insert(0, {str(built / 'python')!r})\n")
        archives.pack(Path(scratch), [pointer], made)


def _install(name: str, target: str, folder: Path) -> None:
    lock = LAYERS / name / "requirements.txt"
    command = [
        _uv(),
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--target",
        str(folder),
        "-r",
        str(lock),
    ]
    wheels = ["--python-version", PYTHON_ON_AWS, "--python-platform", PLATFORM_ON_AWS, "--only-binary", ":all:"]
    here = ["--python", str(EMULATOR / "bin" / "python")]
    subprocess.run([*command, *(here if target == LOCAL else wheels)], check=True)
    _trim(folder, SURPLUS.get(name, ()))
    script = LAYERS / name / "build.py"
    if script.exists():
        subprocess.run([sys.executable, str(script), str(folder)], check=True)


def _trim(folder: Path, surplus: Iterable[str]) -> None:
    """Remove what no import needs: tests, stubs, headers, scripts; licences and metadata stay."""
    wasted = [path for path in folder.rglob("*") if _is_waste(path, folder)]
    for path in [*wasted, *(path for pattern in surplus for path in folder.glob(pattern))]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _is_waste(path: Path, folder: Path) -> bool:
    if path.is_file():
        return str(path).endswith(WASTE_ENDINGS)
    return path.name in WASTE or (path.parent == folder and path.name in WASTE_AT_ROOT)


def _compile(target: str, folder: Path) -> None:
    """Byte code that is never checked against its source: extraction gives every file a new date."""
    python = EMULATOR / "bin" / "python" if target == LOCAL else Path(sys.executable)
    if target == ON_AWS and f"{sys.version_info.major}.{sys.version_info.minor}" != PYTHON_ON_AWS:
        return
    command = [str(python), "-m", "compileall", "-q", "-f", "-s", str(folder), "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, str(folder)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@cache
def _fingerprint(name: str, target: str) -> str:
    """Of everything that the zip is made from."""
    source = LAYERS / name / "python" if name == OURS else LAYERS / name
    return archives.digest(source, archives.sources(source), f"{RECIPE} {target} {_interpreter(target)}")


@cache
def _interpreter(target: str) -> str:
    if target == ON_AWS:
        return PYTHON_ON_AWS
    command = [str(EMULATOR / "bin" / "python"), "-c", "import sys; print(sys.version_info[:2])"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _uv() -> str:
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        raise SystemExit("uv is missing; run `make check` once to install the development environment.")
    return found
