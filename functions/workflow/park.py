"""State Park of task_transition: a delivery that could not be attempted waits for its endpoint's next probe."""

from gloss import edge, wiring
from gloss.services import delivering
from gloss.services.delivering import Attempted, DeliveryRef


@edge.state
def handler(work: DeliveryRef) -> Attempted:
    return delivering.park(work, wiring.mailroom())
