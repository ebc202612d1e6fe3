"""The table of routes holds for every doorway: no key, no answer; every doorway has a row; every error a status."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from gloss import answers
from gloss.domain import errors
from gloss.domain.access import ORGANISATION_ALLOWS, RESOURCE_ALLOWS, Permission, Scope
from gloss.domain.errors import GlossError
from gloss.routes import ROUTES, Route
from gloss.services.authorising import RESOURCES
from tests.doorway import Answered, a_house, call

GUARDED = [route for route in ROUTES if route.permission is not Permission.OPEN]
ROOMS = sorted({route.room for route in ROUTES})


def room(name: str) -> Any:
    return importlib.import_module(f"functions.{name}.app")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def doorways(name: str) -> Iterator[tuple[str, str]]:
    """Method and path of every doorway of a room, written as the table writes them."""
    for path, operations in room(name).app.get_openapi_schema().paths.items():
        for method in ("get", "post", "put", "patch", "delete"):
            if getattr(operations, method) is not None:
                yield method.upper(), path.replace("<", "{").replace(">", "}")


def status_told(answer: Answered) -> int:
    """What a client learns: the legacy envelope carries the status within a 200."""
    enveloped: int = answer.body.get("status", answer.status)
    return enveloped


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_no_route_answers_without_a_key(route: Route) -> None:
    with a_house():
        path = route.path.replace("{", "").replace("}", "")

        assert status_told(call(room(route.room).handler, route.method, path, {}, token=None)) == 401


@pytest.mark.parametrize("name", ROOMS)
def test_doorways_and_rows_of_the_table_are_the_same(name: str) -> None:
    assert set(doorways(name)) == {(route.method, route.path) for route in ROUTES if route.room == name}


def test_no_two_rows_take_the_same_request() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_a_permission_finds_its_resource_in_the_path(route: Route) -> None:
    named_in_path = [word for word in RESOURCES if f"{{{word}}}" in route.path]
    wanted = {Scope.PROJECT: ["project_id"], Scope.RESOURCE: [word for word in RESOURCES if word != "project_id"]}

    allowed = wanted.get(route.permission.scope)

    assert allowed is None or named_in_path[0] in allowed


def test_every_permission_is_in_exactly_one_table() -> None:
    assert set(ORGANISATION_ALLOWS).isdisjoint(RESOURCE_ALLOWS)
    assert set(ORGANISATION_ALLOWS) | set(RESOURCE_ALLOWS) | {Permission.OPEN} == set(Permission)


def test_every_error_class_has_a_status() -> None:
    classes = [it for it in vars(errors).values() if isinstance(it, type) and issubclass(it, GlossError)]

    statuses = {answers.status_of(it("x", 4, 2) if it is errors.StageLocked else it("x")) for it in classes[1:]}

    assert statuses == {400, 401, 403, 404, 405, 409, 413, 422, 429, 503}
