"""Stopping keeps the data; starting again does nothing twice."""

import json

from infra.local import instance
from infra.local.demo.client import Client
from infra.local.home import Home


def test_data_is_still_there_after_down_and_up(home: Home, admin: Client) -> None:
    folder = admin.post("/v1/folders", {"title": "kept"})
    before = json.loads(home.described.read_text())

    instance.down(home)
    instance.up(home)

    assert admin.get(f"/v1/folders/{folder['id']}")["title"] == "kept"
    assert json.loads(home.described.read_text()) == before
