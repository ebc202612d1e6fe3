"""The layers: third-party packages by lock file, and our own code; each a zip that is built once per content."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
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
LOCAL: Final = "local"
ON_AWS: Final = "lambda"
WASTE: Final = ("tests", "test_files", "__pycache__")
WASTE_AT_ROOT: Final = ("bin", "include", "share")
WASTE_ENDINGS: Final = (".pyi", ".pxd", ".pyx", ".c", ".h", ".a", "/RECORD", "/INSTALLER", "/REQUESTED", "/WHEEL")
#: The C library beside the Python module that already holds it, and tools for making models.
SURPLUS: Final = {
    "embedding": (
        "onnxruntime/capi/libonnxruntime.so*",
        "onnxruntime/transformers",
        "onnxruntime/quantization",
        "onnxruntime/tools",
    ),
}
RECIPE: Final = "5"


def names() -> list[str]:
    """Every layer, our own code among them."""
    return sorted(folder.name for folder in LAYERS.iterdir() if folder.is_dir())


def archive(name: str, target: str) -> Path:
    """The zip of a layer for `local` (the emulator's interpreter) or `lambda` (AWS); built when it is not there yet."""
    made = BUILT / target / f"{name}-{_fingerprint(name, target)}.zip"
    if not made.exists():
        for old in made.parent.glob(f"{name}-*.zip"):
            old.unlink(missing_ok=True)
        _build(name, target, made)
    return made


def unzipped_bytes(name: str, target: str) -> int:
    """What the layer takes of Lambda's 250 MB."""
    with zipfile.ZipFile(archive(name, target)) as packed:
        return sum(entry.file_size for entry in packed.infolist())


def _build(name: str, target: str, made: Path) -> None:
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
        python = Path(scratch) / "python"
        if name == "gloss":
            shutil.copytree(LAYERS / name / "python", python, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            print(f"Building layer {name} for {target} ...", file=sys.stderr, flush=True)
            _install(name, target, python)
        _compile(target, python)
        packed = Path(scratch) / "layer.zip"
        archives.pack(Path(scratch), archives.files(python), packed)
        packed.replace(made)


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
    source = LAYERS / name / "python" if name == "gloss" else LAYERS / name
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
