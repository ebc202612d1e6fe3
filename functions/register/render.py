"""State Render of registration: one image sequence as a video, and its item."""

from gloss import edge, wiring
from gloss.services import filming
from gloss.services.registering import BatchRef, Registration


@edge.state
def handler(work: BatchRef) -> Registration:
    return filming.film(work.job_id, work.number, wiring.media, wiring.ports())
