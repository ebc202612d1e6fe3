"""State Plan of bulk: which units there are, in batches."""

from gloss import edge, wiring
from gloss.services import bulking
from gloss.services.bulking import JobRef, Planned


@edge.state
def handler(work: JobRef) -> Planned:
    return bulking.plan(work, wiring.ports())
