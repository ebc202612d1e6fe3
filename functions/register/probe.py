"""State Probe of registration: one batch of files and groups, probed and saved."""

from gloss import edge, wiring
from gloss.services import registering
from gloss.services.registering import BatchRef, Registration


@edge.state
def handler(work: BatchRef) -> Registration:
    return registering.register(work.job_id, work.number, wiring.media, wiring.ports())
