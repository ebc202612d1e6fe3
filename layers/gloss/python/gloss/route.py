"""A row of the table of routes."""

from typing import NamedTuple

from gloss.domain.access import Permission


class Route(NamedTuple):
    """One row; path parameters as `{name}`, and the name tells the resource whose roles count."""

    method: str
    path: str
    room: str
    permission: Permission
