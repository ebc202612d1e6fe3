"""Doorways of the metadata schema, and of metadata of many items at once."""

from gloss import edge, wiring
from gloss.domain.metadata_schema import MetadataSchema
from gloss.domain.metadata_types import KeyType
from gloss.domain.model import OrgId, Timestamp, UserId, Value
from gloss.services import describing, retelling
from gloss.services.describing import WantedSchema
from gloss.services.retelling import Said, Sayings

router = edge.router()


class SchemaView(Value):
    """The metadata schema of the organisation; version 0: nobody has written one yet."""

    org_id: OrgId
    types: dict[str, KeyType]
    version: int
    changed_at: Timestamp | None
    changed_by: UserId | None

    @classmethod
    def of(cls, schema: MetadataSchema) -> "SchemaView":
        return cls.model_validate(dict(schema))


class SaidView(Value):
    """What became of every item, in the order of the request, and how many were refused."""

    results: list[Said]
    refused: int

    @classmethod
    def of(cls, results: list[Said]) -> "SaidView":
        return cls(results=results, refused=sum(each.status == "error" for each in results))


@router.get("/v1/metadata-schema")
def get_schema() -> SchemaView:
    return SchemaView.of(describing.schema_of(edge.caller().org_id, wiring.store()))


@router.put("/v1/metadata-schema")
def replace_schema(body: WantedSchema) -> SchemaView:
    return SchemaView.of(describing.replace(body, edge.caller(), wiring.ports()))


@router.post("/v1/items/metadata")
def retell_items(body: Sayings) -> SaidView:
    return SaidView.of(retelling.retell(body, edge.caller(), wiring.ports()))
