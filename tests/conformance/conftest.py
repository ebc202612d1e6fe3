"""The local cloud of the flows, for what takes longer than they do."""

from tests.flows.conftest import admin, gloss, home

__all__ = ["admin", "gloss", "home"]
