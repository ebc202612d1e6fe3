"""Doorways of the metadata schema for the public SDK."""

from typing import Any

from gloss import edge, wiring
from gloss.sdk import metadata
from gloss.sdk.metadata import OldSchemaDto, Word

router = edge.router()


@router.get("/v2/public/organisation/client-metadata-schema-v2")
def get_schema() -> dict[str, Any] | None:
    return metadata.shown(edge.caller().org_id, wiring.store())


@router.post("/v2/public/organisation/client-metadata-schema-v2")
def keep_schema(body: dict[str, Any]) -> None:
    metadata.keep(body, edge.caller(), wiring.ports())


@router.get("/v2/public/organisation/client-metadata-schema")
def get_old_schema() -> OldSchemaDto | None:
    return metadata.shown_old(edge.caller().org_id, wiring.store())


@router.post("/v2/public/organisation/client-metadata-schema")
def keep_old_schema(body: dict[str, Word]) -> None:
    metadata.keep_old(body, edge.caller(), wiring.ports())
