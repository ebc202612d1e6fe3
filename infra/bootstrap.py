"""Make ready what a command needs, then hand over to it; imports nothing but the standard library.

    python3 infra/bootstrap.py <command> [arguments]

Environments are made from hash-locked files and stamped with the lock's hash, so a warm start does nothing.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
TOOLS = ROOT / ".local" / "tools"
TURNS = ROOT / ".local" / "turns"
DEV = ROOT / ".venv"
EMULATOR = ROOT / ".local" / "venv-emulator"
NODE_AT_LEAST = 20
WITHOUT_CLOUD = {"down", "reset", "status", "format", "docs", "bench"}


def main(arguments: Sequence[str]) -> None:
    """Prepare, then replace this process by the command in the development environment."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whichever python the user has
        raise SystemExit("Gloss needs Python 3.11 or newer; name one with `make PYTHON=python3.12 ...`.")
    environment = prepared(cloud=not arguments or arguments[0] not in WITHOUT_CLOUD)
    python = str(DEV / "bin" / "python")
    os.chdir(ROOT)
    os.execve(python, [python, "-m", "infra.local", *arguments], environment)


def prepared(*, cloud: bool) -> dict[str, str]:
    """Every environment in place; returns the variables under which their programs are found."""
    installed(DEV, "dev")
    paths = [DEV / "bin"]
    if cloud:
        installed(EMULATOR, "emulator")
        paths.append(node())
        _once(ROOT / "node_modules", _digest(ROOT / "package-lock.json"), lambda: _npm_ci(paths[-1]))
    return os.environ | {"PATH": os.pathsep.join([*map(str, paths), os.environ.get("PATH", "")])}


def installed(venv: Path, lock: str) -> None:
    """A virtual environment that holds at least what `requirements/<lock>.txt` names."""
    wanted = _digest(LOCKS / f"{lock}.txt") + sys.version.split()[0]
    _once(venv, wanted, lambda: _install(venv, LOCKS / f"{lock}.txt"))


def _install(venv: Path, lock: Path) -> None:
    print(f"Installing {lock.relative_to(ROOT)} into {venv.relative_to(ROOT)} ...", file=sys.stderr, flush=True)
    uv, variables = _uv()
    if not (venv / "bin" / "python").exists():
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], variables)
    _run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python", str(venv), "-r", str(lock)],
        variables,
    )


def _uv() -> tuple[str, Mapping[str, str]]:
    venv = TOOLS / "uv"
    _once(venv, _digest(LOCKS / "uv.txt"), lambda: _with_pip(venv, LOCKS / "uv.txt"))
    return str(venv / "bin" / "uv"), os.environ | _same_index_as_pip(venv / "bin" / "pip")


def _with_pip(venv: Path, lock: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    try:
        _run([sys.executable, "-m", "venv", str(venv)])
    except subprocess.CalledProcessError:
        raise SystemExit("Python's own `venv` module is missing here; install it (Debian: python3-venv).") from None
    _run([str(venv / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r", str(lock)])


def _same_index_as_pip(pip: Path) -> dict[str, str]:
    """uv reads none of pip's settings: pass on a mirror or certificate that the user has set there."""
    listing = subprocess.run([str(pip), "config", "list"], capture_output=True, text=True, check=False).stdout
    settings = dict(line.split("=", 1) for line in listing.splitlines() if "=" in line)
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
    found = {key.rpartition(".")[2]: value.strip("'\"") for key, value in settings.items()}
    return {ours: found[theirs] for theirs, ours in names.items() if theirs in found and ours not in os.environ}


def node() -> Path:
    """The folder of a node that is new enough: the machine's own, else one from the Python index."""
    present = shutil.which("node")
    if present and shutil.which("npm") and _node_version(present) >= NODE_AT_LEAST:
        return Path(present).parent
    venv = TOOLS / "node"
    installed(venv, "node")
    return venv / "bin"


def _node_version(node: str) -> int:
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(shown.strip().lstrip("v").split(".")[0] or 0)


def _npm_ci(node: Path) -> None:
    print("Installing the CDK command line ...", file=sys.stderr, flush=True)
    variables = os.environ | {"PATH": os.pathsep.join([str(node), os.environ.get("PATH", "")])}
    _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], variables)


def _once(folder: Path, wanted: str, make: Callable[[], None]) -> None:
    """Make `folder` unless its stamp says that it was made from the same lock; whoever else wants it waits."""
    stamp = folder / ".gloss-stamp"
    with _turn(folder.name):
        if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            make()
            stamp.write_text(json.dumps(wanted))


@contextmanager
def _turn(name: str) -> Iterator[None]:
    TURNS.mkdir(parents=True, exist_ok=True)
    with (TURNS / name).open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _run(command: Sequence[str], variables: Mapping[str, str] = os.environ) -> None:
    subprocess.run(command, check=True, cwd=ROOT, env=dict(variables), stdout=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
