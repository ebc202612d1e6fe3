"""Doorways of label rows for the public SDK."""

from typing import Any

from gloss import wiring
from gloss.ports import Ports
from gloss.sdk.labels import calls
from gloss.sdk.operations import Asked, Handlers


def list_rows(asked: Asked, ports: Ports) -> Any:
    return calls.entries(asked, ports)


def make_rows(asked: Asked, ports: Ports) -> Any:
    return calls.make(asked, ports, wiring.media)


def fetch_rows(asked: Asked, ports: Ports) -> Any:
    return calls.fetch(asked, ports, wiring.media)


LEGACY: Handlers = {
    ("labelrowmetadata", "GET"): list_rows,
    ("labelrow", "PUT"): make_rows,
    ("labelrow", "GET"): fetch_rows,
    ("labelrow", "POST"): calls.save,
}
