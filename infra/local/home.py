"""Where one instance keeps its state, and its ports: `GLOSS_HOME`, `GLOSS_PORT`, `GLOSS_EMULATOR_PORT`."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.bootstrap import ROOT

REGION: Final = "us-east-1"
STAGE: Final = "local"
FRONT_PORT: Final = 8080


@dataclass(frozen=True)
class Home:
    """One instance of the local cloud; several run side by side, each with a folder and ports of its own."""

    folder: Path
    front_port: int
    emulator_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.front_port}"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def described(self) -> Path:
        """What clients read: url, bearer, endpoint ..."""
        return self.folder / "gloss.json"

    @property
    def deployed(self) -> Path:
        """The fingerprint of what was deployed last, and the stack's outputs."""
        return self.folder / "deployed.json"

    @property
    def guard(self) -> Path:
        """There while every IAM policy of this instance is enforced."""
        return self.folder / "guarded"

    def path(self, *parts: str) -> Path:
        """A folder of this instance, made when it is not there."""
        made = self.folder.joinpath(*parts)
        made.mkdir(parents=True, exist_ok=True)
        return made

    def credentials(self) -> dict[str, str]:
        """The variables under which every AWS client reaches this instance instead of AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",  # the emulator's own
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def here(told: Mapping[str, str] = os.environ) -> Home:
    """The instance that the environment names; ports stay what they were the first time."""
    folder = Path(told.get("GLOSS_HOME", ROOT / ".local")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    kept = read(folder / "ports.json")
    front = _port(told.get("GLOSS_PORT"), kept.get("front"), FRONT_PORT)
    emulator = _port(told.get("GLOSS_EMULATOR_PORT"), kept.get("emulator"), 0)
    (folder / "ports.json").write_text(json.dumps({"front": front, "emulator": emulator}))
    return Home(folder, front, emulator)


def read(file: Path) -> Mapping[str, Any]:
    """A JSON object, or an empty one where no file is."""
    return json.loads(file.read_text()) if file.exists() else {}


def _port(asked: str | None, kept: int | None, default: int) -> int:
    """Port 0 means: any free one, kept from then on."""
    if asked and asked != "0":
        return int(asked)
    if kept and (asked != "0" or kept != default):
        return kept
    return default if default and asked != "0" else _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
