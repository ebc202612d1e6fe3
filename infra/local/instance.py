"""One instance, up and down: the emulator, the stack in it, the front before it, and the first Admin."""

import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from typing import Final

from infra.local import cloud, emulator, first, processes, schedules, transport
from infra.local.home import Home

FRONT: Final = "front"
HEALTH_LIMIT_S: Final = 30.0


def up(home: Home) -> Home:
    """Running, deployed, described in gloss.json and healthy; does nothing twice."""
    if not processes.running(home, FRONT) and processes.answers(home.front_port):
        raise SystemExit(f"Port {home.front_port} is in use; set GLOSS_PORT to another one.")
    emulator.start(home)
    outputs = cloud.deploy(home)
    _start_front(home, outputs["ApiId"])
    _wait_until_healthy(home)
    first.describe(home, outputs)
    return home


def guard(home: Home) -> Home:
    """Up, and from now on with every IAM policy enforced; deployed before, since the emulator cannot deploy so."""
    down(home)
    home.guard.unlink(missing_ok=True)
    up(home)
    transport.allow_plain_http(home)
    schedules.allow_as_named(home)
    emulator.stop(home)
    home.guard.touch()
    emulator.start(home)
    _wait_until_healthy(home)
    return home


def down(home: Home) -> None:
    """Stopped, with its data kept."""
    processes.stop(home, FRONT)
    emulator.stop(home)


def forget(home: Home) -> None:
    """Stopped, and its data gone; what was installed and built stays."""
    down(home)
    for name in ("state", "cdk.out", "log", "run", "tmp"):
        shutil.rmtree(home.folder / name, ignore_errors=True)
    for name in (
        "gloss.json",
        "deployed.json",
        "outputs.json",
        "ports.json",
        "admin_bearer",
        "admin_ed25519",
        "guarded",
    ):
        (home.folder / name).unlink(missing_ok=True)


def _start_front(home: Home, api: str) -> None:
    if processes.running(home, FRONT):
        if _status(home) == 200:
            return
        processes.stop(home, FRONT)
    command = [sys.executable, "-m", "infra.local.front", "--port", str(home.front_port)]
    processes.start(home, FRONT, [*command, "--endpoint", home.endpoint, "--api", api], os.environ)


def _wait_until_healthy(home: Home) -> None:
    deadline = time.monotonic() + HEALTH_LIMIT_S
    while _status(home) != 200:
        if not processes.running(home, FRONT):
            raise SystemExit(f"The front did not start:\n{processes.last_lines(home, FRONT, 3)}")
        if time.monotonic() > deadline:
            raise SystemExit(f"{home.url}/v1/health does not answer.\n{processes.last_lines(home, emulator.NAME)}")
        time.sleep(0.1)


def _status(home: Home) -> int:
    try:
        with urllib.request.urlopen(f"{home.url}/v1/health", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0
