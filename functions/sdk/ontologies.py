"""Doorways of ontologies for the public SDK."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.sdk.choosing import Chosen
from gloss.sdk.ontologies import calls
from gloss.sdk.ontologies.shapes import OntologyDto, OntologyPayload
from gloss.sdk.wire import Results
from gloss.services import cataloguing
from gloss.services.cataloguing import ChangedOntology, NewOntology

router = edge.router()


@router.get("/v2/public/ontologies")
def list_ontologies() -> Results[OntologyDto]:
    asking = Chosen.read(router.current_event.resolved_query_string_parameters)
    return calls.listed(asking, edge.caller(), wiring.store())


@router.get("/v2/public/ontologies/<ontology_id>")
def get_ontology(ontology_id: str) -> OntologyDto:
    return OntologyDto.of(*cataloguing.readable_ontology(ontology_id, edge.caller(), wiring.store()))


@router.post("/v2/public/ontologies")
def make_ontology(body: OntologyPayload) -> OntologyDto:
    wanted = NewOntology(title=body.title, description=body.description, structure=body.editor)
    return OntologyDto.of(cataloguing.make_ontology(wanted, edge.caller(), wiring.ports()), Role.ADMIN)


@router.put("/v2/public/ontologies/<ontology_id>")
def change_ontology(ontology_id: str, body: OntologyPayload) -> None:
    wanted = ChangedOntology(title=body.title, description=body.description, structure=body.editor)
    cataloguing.change_ontology(ontology_id, wanted, wiring.ports())
