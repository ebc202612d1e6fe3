"""The two processes of an instance, found again by their pid files."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.home import Home

GRACE_S = 20.0

#: What this very process started: it outlives us, and when it ends sooner it is ours to reap.
_STARTED: dict[int, subprocess.Popen[bytes]] = {}


def running(home: Home, name: str) -> bool:
    """Whether the process that was started under this name is alive."""
    pid = _pid(home, name)
    return pid is not None and _alive(pid)


def start(home: Home, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start it in a session of its own, writing to `log/<name>.log`."""
    with (home.path("log") / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _STARTED[process.pid] = process
    (home.path("run") / f"{name}.pid").write_text(f"{process.pid} {_birth(process.pid)}")


def stop(home: Home, name: str) -> None:
    """Ask it to end, wait, and insist only when it does not."""
    pid = _pid(home, name)
    if pid is not None and _alive(pid):
        os.kill(pid, signal.SIGTERM)
        if not _gone(pid, GRACE_S):
            os.killpg(pid, signal.SIGKILL)
            _gone(pid, GRACE_S)
    (home.path("run") / f"{name}.pid").unlink(missing_ok=True)


def answers(port: int) -> bool:
    """Whether anything listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def last_lines(home: Home, name: str, lines: int = 20) -> str:
    """The end of its log, for an error message."""
    log = home.path("log") / f"{name}.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _pid(home: Home, name: str) -> int | None:
    """The pid in the file, unless another process has the number by now."""
    file = home.path("run") / f"{name}.pid"
    if not file.exists():
        return None
    pid, _, birth = file.read_text().partition(" ")
    return int(pid) if _birth(int(pid)) == birth else None


def _birth(pid: int) -> str:
    """When the process started (field 22 of proc(5) stat), so that a number used again is not taken for ours."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.read_text().rpartition(")")[2].split()[19] if stat.exists() else ""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _gone(pid: int, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not _alive(pid) or _reaped(pid):
            return True
        time.sleep(0.05)
    return False


def _reaped(pid: int) -> bool:
    """A child of ours that has ended stays a zombie until it is waited for."""
    process = _STARTED.get(pid)
    return process is not None and process.poll() is not None
