"""MiniStack, started with a clean environment on the state of this instance."""

import json
import os
import shutil
import time
import urllib.error
import urllib.request
from typing import Final

from infra.bootstrap import EMULATOR, node
from infra.local import processes
from infra.local.home import REGION, Home

NAME: Final = "emulator"
START_LIMIT_S: Final = 60.0


def start(home: Home) -> None:
    """Start it unless it runs, enforcing IAM policies where the home is guarded; returns when it answers."""
    if processes.running(home, NAME):
        return
    if processes.answers(home.emulator_port):
        raise SystemExit(f"Port {home.emulator_port} is in use; set GLOSS_EMULATOR_PORT to another one.")
    shutil.rmtree(home.path("tmp"), ignore_errors=True)
    forget_stream_positions(home)
    command = [str(EMULATOR / "bin" / "python"), "-m", "ministack"]
    processes.start(home, NAME, command, environment(home))
    deadline = time.monotonic() + START_LIMIT_S
    while not _answers(home.endpoint):
        if time.monotonic() > deadline or not processes.running(home, NAME):
            raise SystemExit(f"The local cloud did not start:\n{processes.last_lines(home, NAME)}")
        time.sleep(0.1)


def stop(home: Home) -> None:
    """Stop it; it writes its state down first."""
    processes.stop(home, NAME)
    shutil.rmtree(home.path("tmp"), ignore_errors=True)


def environment(home: Home) -> dict[str, str]:
    """Only what MiniStack needs, Node for the front's function too: whatever stands here leaks into every function."""
    return {
        "PATH": os.pathsep.join([str(EMULATOR / "bin"), str(node()), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home.path("tmp")),
        "TMPDIR": str(home.path("tmp")),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GATEWAY_PORT": str(home.emulator_port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(home.path("state", "services")),
        "S3_DATA_DIR": str(home.path("state", "s3")),
        "AUTH": "true" if home.guard.exists() else "false",
        "LOG_LEVEL": "WARNING",
    }


def forget_stream_positions(home: Home) -> None:
    """The emulator keeps a stream's positions but not its records: begin anew, or hundreds of records are skipped."""
    for file, entry in (("lambda.json", "dynamodb_stream_positions"), ("pipes.json", "positions")):
        path = home.path("state", "services") / file
        if path.exists():
            state = json.loads(path.read_text())
            state["payload"].get(entry, {})["data"] = {}
            path.write_text(json.dumps(state))


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
