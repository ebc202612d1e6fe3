"""State Attempt of task_transition: the first attempt of one delivery."""

from gloss import edge, wiring
from gloss.services import delivering
from gloss.services.delivering import Attempted, DeliveryRef


@edge.state
def handler(work: DeliveryRef) -> Attempted:
    return delivering.attempt(work, wiring.mailroom())
