"""One local cloud for the whole run: fresh, deployed by `cdk deploy`, every IAM policy enforced, stopped at the end."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infra.bootstrap import ROOT
from infra.local import instance
from infra.local.demo.client import Client
from infra.local.home import Home

FOLDER = ROOT / ".local-tests" / str(os.getpid())


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """A running instance with no data but its first Admin's; `GLOSS_TEST_HOME` names one that runs already."""
    given = os.environ.get("GLOSS_TEST_HOME")
    if given:
        ports = json.loads((Path(given) / "ports.json").read_text())
        yield Home(Path(given).resolve(), ports["front"], ports["emulator"])
        return
    FOLDER.mkdir(parents=True)
    home = Home(FOLDER, a_free_port(), a_free_port())
    try:
        yield instance.guard(home)
    finally:
        instance.down(home)
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def gloss(home: Home) -> dict[str, Any]:
    """What gloss.json says."""
    described: dict[str, Any] = json.loads(home.described.read_text())
    return described


@pytest.fixture(scope="session")
def admin(gloss: dict[str, Any]) -> Iterator[Client]:
    """The first Admin's client."""
    with closing(Client(gloss["url"], gloss["bearer"])) as client:
        yield client


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
