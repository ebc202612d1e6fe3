"""State Render of registration: the image sequences of a batch as videos, and their items."""

from gloss import edge, wiring
from gloss.services import filming
from gloss.services.registering import BatchRef, Registration


@edge.state
def handler(work: BatchRef) -> Registration:
    return filming.film(work.job_id, work.number, wiring.media, wiring.ports())
