"""State Plan of active_import: the next round of batches."""

from gloss import edge, wiring
from gloss.services import staging
from gloss.services.staging import Round, Running


@edge.state
def handler(work: Running) -> Round:
    return staging.plan(work, wiring.ports())
