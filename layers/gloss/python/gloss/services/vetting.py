"""Whether a saved label row is valid today: it fits the ontology and the media, and nothing required is missing."""

from dataclasses import dataclass
from itertools import islice

from gloss.domain import labels
from gloss.domain.errors import Fault
from gloss.domain.labels import LongLabels
from gloss.domain.parsing import MOST_FAULTS
from gloss.domain.workflow.label_rows import Row
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports
from gloss.services import keeping, locating, saving
from gloss.services.locating import Outlook


@dataclass(frozen=True)
class Vetted:
    """A row, and what keeps it from being valid."""

    row: Row
    faults: tuple[Fault, ...]


def vet(row_id: str, outlook: Outlook, ports: Ports) -> Vetted:
    """Check a row as it was saved last; raises NotFound."""
    (row,) = locating.demand_all(locating.by_id([row_id], outlook, ports.store), 1)
    structure = saving.structure_of(outlook, ports.store)
    canvas = labels.canvas_of(ports.store.get(ITEMS, item_key(row.task.item_id)))
    ((_, body),) = keeping.bodies([row], ports.blobs)
    parts = body.whole_parts() if isinstance(body, LongLabels) else [body]
    found = list(islice((each for part in parts for each in labels.faults(part, structure, canvas)), MOST_FAULTS))
    return Vetted(row, (*found, *([] if found else labels.missing(body, structure))))
