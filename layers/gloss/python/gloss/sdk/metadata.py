"""The metadata schema on the SDK's wire, in both of its generations."""

from typing import Any, Final, Literal

from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid
from gloss.domain.metadata_schema import MetadataSchema
from gloss.domain.metadata_types import (
    BooleanType,
    DatetimeType,
    EmbeddingType,
    EnumType,
    GeospatialType,
    KeyType,
    NumberType,
    TextType,
    VarcharType,
)
from gloss.domain.model import OrgId, Timestamp
from gloss.domain.parsing import parsed
from gloss.ports import Ports, Store
from gloss.sdk.naming import organisation_number
from gloss.sdk.wire import Wire
from gloss.services import describing
from gloss.services.describing import WantedSchema

Word = Literal["number", "string", "boolean", "datetime", "geospatial", "enum", "embedding", "long_string"]
#: The old route's words for types that need no more than a word.
OLD_TYPES: Final[dict[str, KeyType]] = {
    "number": NumberType(),
    "string": VarcharType(),
    "boolean": BooleanType(),
    "datetime": DatetimeType(),
    "geospatial": GeospatialType(),
    "long_string": TextType(),
}
OLD_WORDS: Final[dict[type, Word]] = {
    NumberType: "number",
    BooleanType: "boolean",
    DatetimeType: "datetime",
    GeospatialType: "geospatial",
    TextType: "long_string",
    EnumType: "enum",
    EmbeddingType: "embedding",
}


class OldSchemaDto(Wire):
    """The schema as the old route tells it; tombstones are left out, and what has no word there is a string."""

    uuid: str
    metadata_schema: dict[str, Word]
    organisation_id: int
    created_at: Timestamp
    updated_at: Timestamp


def shown(org_id: OrgId, store: Store) -> dict[str, Any] | None:
    """The type of every key, as it is kept; None when nobody has written a schema."""
    schema = describing.schema_of(org_id, store)
    if schema.version == 0:
        return None
    return {key: kind.model_dump(mode="json") for key, kind in schema.types.items()}


def keep(body: dict[str, Any], caller: Caller, ports: Ports) -> None:
    """Replace the schema; raises Invalid with the path of each fault."""
    describing.replace(parsed(WantedSchema, {"types": body}, "schema"), caller, ports)


def shown_old(org_id: OrgId, store: Store) -> OldSchemaDto | None:
    """The same for the old route."""
    schema = describing.schema_of(org_id, store)
    if schema.version == 0 or schema.changed_at is None:
        return None
    return OldSchemaDto(
        uuid=org_id,
        metadata_schema={key: word for key, kind in schema.types.items() if (word := _word(kind)) is not None},
        organisation_id=organisation_number(org_id),
        created_at=schema.changed_at,
        updated_at=schema.changed_at,
    )


def keep_old(body: dict[str, Word], caller: Caller, ports: Ports) -> None:
    """Replace the schema by words; a key keeps its fuller type where the word still fits it."""
    stored = describing.schema_of(caller.org_id, ports.store)
    types = {key: _type(key, word, stored) for key, word in body.items()}
    describing.replace(WantedSchema(types=types), caller, ports)


def _word(kind: KeyType) -> Word | None:
    return None if kind.ty == "tombstone" else OLD_WORDS.get(type(kind), "string")


def _type(key: str, word: Word, stored: MetadataSchema) -> KeyType:
    known = stored.types.get(key)
    if known is not None and _word(known) == word:
        return known
    if word not in OLD_TYPES:
        raise Invalid("A word is too little.", [Fault(key, f"set a key of type {word} by metadata_schema()")])
    return OLD_TYPES[word]
