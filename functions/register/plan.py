"""State Plan of registration: the manifest cut into batches."""

from gloss import edge, wiring
from gloss.services import planning
from gloss.services.planning import JobRef, Planned


@edge.state
def handler(work: JobRef) -> Planned:
    return planning.plan(work.job_id, wiring.ports())
