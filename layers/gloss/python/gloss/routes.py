"""The one table of routes: method, path, room and the permission it asks for. The gateway, the doorways, the
authorisation, docs/api.md and the test that tries every route without a key are all made from it."""

from typing import NamedTuple

from gloss.domain.access import Permission


class Route(NamedTuple):
    """One row; path parameters as `{name}`, and the name tells the resource whose roles count."""

    method: str
    path: str
    room: str
    permission: Permission


ROUTES: tuple[Route, ...] = (
    # report: health, overview
    Route("GET", "/v1/health", "report", Permission.OPEN),
    # identity (room catalog): who I am, people, credentials
    Route("GET", "/v1/me", "catalog", Permission.ORG_READ),
    Route("GET", "/v1/users", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/users", "catalog", Permission.ORG_INVITE),
    Route("GET", "/v1/credentials", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/credentials", "catalog", Permission.ORG_READ),
    Route("DELETE", "/v1/credentials/{credential_id}", "catalog", Permission.ORG_READ),
    # register: folders, items, integrations, upload jobs
    # catalog: datasets, ontologies, workflow templates, projects, members
    # workflow: stages, tasks, actions, claims, labels, reviews, issues, webhooks
    # agents: agent stages
    # import_stages: staged imports
    # explore: search, collections
    # export: exports, label versions
    # bulk: jobs over many tasks
)
