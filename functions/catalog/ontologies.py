"""Doorways of ontologies."""

from typing import Any

from gloss import edge, wiring
from gloss.domain.model import OntologyId, OrgId, Timestamp, UserId, Value
from gloss.domain.ontology import Ontology
from gloss.kinds.catalog import ONTOLOGIES
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import cataloguing, finding
from gloss.services.cataloguing import ChangedOntology, NewOntology

router = edge.router()


class OntologyView(Value):
    """An ontology; its structure in the public format."""

    id: OntologyId
    org_id: OrgId
    title: str
    description: str
    structure: dict[str, Any]
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    version: int

    @classmethod
    def of(cls, ontology: Ontology) -> "OntologyView":
        structure = ontology.structure.model_dump(mode="json", by_alias=True)
        return cls.model_validate({**dict(ontology), "structure": structure})


@router.post("/v1/ontologies")
def make_ontology(body: NewOntology) -> OntologyView:
    return OntologyView.of(cataloguing.make_ontology(body, edge.caller(), wiring.ports()))


@router.get("/v1/ontologies")
def list_ontologies(limit: Limit = 100, token: Token = None) -> Listing[OntologyView]:
    page = finding.visible("ontology", ONTOLOGIES, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[OntologyView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/ontologies/<ontology_id>")
def get_ontology(ontology_id: str) -> OntologyView:
    return OntologyView.of(cataloguing.readable_ontology(ontology_id, edge.caller(), wiring.store())[0])


@router.put("/v1/ontologies/<ontology_id>")
def change_ontology(ontology_id: str, body: ChangedOntology) -> OntologyView:
    return OntologyView.of(cataloguing.change_ontology(ontology_id, body, wiring.ports()))
