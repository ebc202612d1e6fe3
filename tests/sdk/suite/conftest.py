"""The public SDK, unmodified, pointed at a running Gloss: `GLOSS_SDK_TARGET` names the file that says where it is."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from encord import EncordUserClient


@pytest.fixture(scope="session")
def target() -> dict[str, Any]:
    """Where Gloss is, whose keys there are, and which files lie in the bucket."""
    described: dict[str, Any] = json.loads(Path(os.environ["GLOSS_SDK_TARGET"]).read_text())
    return described


def a_client(target: dict[str, Any], who: str = "admin") -> EncordUserClient:
    """Somebody's client, by their key."""
    return EncordUserClient.create_with_ssh_private_key(ssh_private_key_path=target["keys"][who], domain=target["url"])


@pytest.fixture(scope="session")
def client(target: dict[str, Any]) -> EncordUserClient:
    """The Admin's client."""
    return a_client(target)
