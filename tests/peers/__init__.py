"""Real servers that adapters are tried against, each in a process of its own."""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

HERE: Final = Path(__file__).parent
INSTALLED: Final = Path(__file__).parents[2] / ".build" / "peers"
STARTS_WITHIN_S: Final = 60
#: The account that azurite knows from the beginning, as its documentation publishes it.
AZURE_ACCOUNT: Final = "devstoreaccount1"
AZURE_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@contextmanager
def azurite() -> Iterator[str]:
    """Azure Blob Storage; gives the account's endpoint."""
    program = _azurite_program()
    with TemporaryDirectory() as folder:
        port = free_port()
        options = [
            "--location",
            folder,
            "--blobPort",
            str(port),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
        ]
        with running([_tool("node"), str(program), "--blobHost", "127.0.0.1", *options], port):
            yield f"http://127.0.0.1:{port}/{AZURE_ACCOUNT}"


@contextmanager
def s3_server() -> Iterator[str]:
    """A store that speaks S3; gives its endpoint. Whoever proves nothing by IAM may do anything there."""
    port = free_port()
    program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(program, port):
        yield f"http://127.0.0.1:{port}"


def _azurite_program() -> Path:
    return installed(HERE / "package-lock.json", _install) / "node_modules/azurite/dist/src/blob/main.js"


def _install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    command = [_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def installed(lock: Path, install: Callable[[Path], None]) -> Path:
    """A folder that is filled once for each lock, by whoever comes first."""
    folder = INSTALLED / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            install(folder)
            (folder / "installed").touch()
    return folder


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """The server of a command, from its first answer on the port until the block ends."""
    process = subprocess.Popen(command, env=_clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"The peer ended with {process.returncode} before it answered.")
        with suppress(HTTPError, OSError):
            return _ask(port)
        time.sleep(0.05)
    raise RuntimeError(f"The peer did not answer within {STARTS_WITHIN_S} s.")


def _ask(port: int) -> None:
    try:
        urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except HTTPError:
        return


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _tool(name: str) -> str:
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if found is None:
        raise RuntimeError(f"{name} is missing; `make check` brings it.")
    return found
