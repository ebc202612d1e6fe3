"""The rows of the public SDK's door in the table of routes; the two legacy URLs carry many operations each, which are
authorised one by one from the table in `gloss.sdk.operations`."""

from typing import Final

from gloss.domain.access import Permission
from gloss.route import Route
from gloss.sdk import left_out

V2: Final = "/v2/public/"


def _row(method: str, path: str, permission: Permission) -> Route:
    return Route(method, V2 + path, "sdk", permission)


LEGACY: Final = (
    Route("POST", "/public", "sdk", Permission.ORG_READ),
    Route("POST", "/public/user", "sdk", Permission.ORG_READ),
)

PROJECTS: Final = (_row("GET", "projects/{project_id}", Permission.PROJECT_READ),)

ONTOLOGIES: Final = (
    _row("POST", "ontologies", Permission.ORG_CREATE),
    _row("GET", "ontologies/{ontology_id}", Permission.RESOURCE_READ),
    _row("PUT", "ontologies/{ontology_id}", Permission.RESOURCE_ADMIN),
)

_STAGE: Final = "projects/{project_id}/workflow/stages/{stage_uuid}"

WORKFLOW: Final = (
    _row("GET", f"{_STAGE}/tasks", Permission.PROJECT_READ),
    _row("POST", f"{_STAGE}/actions", Permission.PROJECT_WORK),
)

LABELS: Final[tuple[Route, ...]] = ()

STORAGE: Final[tuple[Route, ...]] = ()

DATASETS: Final[tuple[Route, ...]] = ()

COLLECTIONS: Final[tuple[Route, ...]] = ()

PEOPLE: Final[tuple[Route, ...]] = ()

#: Answered with 405 and why.
LEFT_OUT: Final = tuple(
    _row(method, path, Permission.ORG_READ) for part in left_out.LEFT_OUT.values() for method, path in part.calls
)

SDK_ROUTES: Final = (
    *(*LEGACY, *PROJECTS, *ONTOLOGIES, *WORKFLOW, *LABELS),
    *(*STORAGE, *DATASETS, *COLLECTIONS, *PEOPLE, *LEFT_OUT),
)
