"""The rows of the public SDK's door in the table of routes; the two legacy URLs carry many operations each, which are
authorised one by one from the table in `gloss.sdk.operations`."""

from typing import Final

from gloss.domain.access import Permission
from gloss.route import Route

V2: Final = "/v2/public/"


def _row(method: str, path: str, permission: Permission) -> Route:
    return Route(method, V2 + path, "sdk", permission)


SDK_ROUTES: Final = (
    Route("POST", "/public", "sdk", Permission.ORG_READ),
    Route("POST", "/public/user", "sdk", Permission.ORG_READ),
    # projects
    _row("GET", "projects/{project_id}", Permission.PROJECT_READ),
    # ontologies
    _row("POST", "ontologies", Permission.ORG_CREATE),
    _row("GET", "ontologies/{ontology_id}", Permission.RESOURCE_READ),
    _row("PUT", "ontologies/{ontology_id}", Permission.RESOURCE_ADMIN),
)
