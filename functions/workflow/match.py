"""State Match of task_transition: which webhooks want the event; each gets a delivery, recorded once."""

from gloss import edge, wiring
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.services import delivering
from gloss.services.delivering import DeliveryRef


class Transition(Value):
    """The event that started the run."""

    event: Event


class Matched(Value):
    """The deliveries to attempt."""

    deliveries: list[DeliveryRef]


@edge.state
def handler(work: Transition) -> Matched:
    final = delivering.final_stages(work.event, wiring.store())
    return Matched(deliveries=delivering.match(work.event, final, wiring.store()))
