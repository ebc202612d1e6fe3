"""State Finish of registration: the job ends with its counts."""

from gloss import edge, wiring
from gloss.services import finishing
from gloss.services.finishing import Ended
from gloss.services.planning import JobRef


@edge.state
def handler(work: JobRef) -> Ended:
    return finishing.finish(work.job_id, wiring.ports())
