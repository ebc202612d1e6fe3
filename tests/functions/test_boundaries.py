"""Hostile requests at every doorway: each is refused clearly, and none is a fault of ours."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gloss.domain.access import Permission
from gloss.routes import ROUTES, Route
from tests.builders_catalog import a_project
from tests.doorway import House, a_house, call

GUARDED = [route for route in ROUTES if route.permission is not Permission.OPEN]
WRITING = [route for route in GUARDED if route.method not in {"GET", "DELETE"}]
DEEP = 5_000

UNREADABLE = {
    "nested arrays": "[" * DEEP + "]" * DEEP,
    "nested objects": '{"title":' * 200 + "1" + "}" * 200,
    "a long number": "1" * 5_000,
    "not a number": '{"priority": NaN}',
    "an infinite number": '{"priority": 1e999}',
    "half a character": '{"structure": "\\ud800"}',
}
ODD_IDS = {"long": "a" * 300, "longer than a key": "a" * 3_000, "hash": "a#b", "dots": "..", "emoji": "😀" * 600}


def room(name: str) -> Any:
    return importlib.import_module(f"functions.{name}.app").handler


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def known(house: House) -> dict[str, str]:
    """A project, and one of each resource that an Admin of the organisation may open."""
    project = a_project(house).project
    return {"project_id": project.id, "dataset_id": project.dataset_ids[0], "ontology_id": project.ontology_id}


def filled(route: Route, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "x"), route.path)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_no_store_could_keep_is_refused(house: House, body: str) -> None:
    ids = known(house)

    answers = {(it.method, it.path): call(room(it.room), it.method, filled(it, ids), body).status for it in WRITING}

    assert {row: status for row, status in answers.items() if not 200 <= status < 500} == {}
    assert answers[("POST", "/v1/ontologies")] == 400
