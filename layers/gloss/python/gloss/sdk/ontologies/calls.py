"""What the SDK asks of ontologies."""

from gloss.domain.access import Caller
from gloss.kinds.catalog import ONTOLOGIES
from gloss.ports import Store
from gloss.sdk import choosing
from gloss.sdk.choosing import Chosen
from gloss.sdk.ontologies.shapes import OntologyDto
from gloss.sdk.wire import Results
from gloss.services import finding


def listed(asking: Chosen, caller: Caller, store: Store) -> Results[OntologyDto]:
    """All ontologies at once, since the client asks for no second page."""
    found = []
    for page in choosing.all_pages("ontology", asking, caller, store):
        shown = finding.found_of("ontology", ONTOLOGIES, list(page.of), store)
        found += [OntologyDto.of(it, page.of[f"ontology:{it.id}"]) for it in shown if asking.passes(it)]
    return Results(results=found)
