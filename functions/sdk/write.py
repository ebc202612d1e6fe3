"""State Write of late_answer: the answer, written where its token leads."""

from collections.abc import Iterator

from gloss import edge, wiring
from gloss.domain.late_answer import LateAnswer
from gloss.sdk import late
from gloss.services import deferring
from gloss.services.deferring import Ended, LateRef


@edge.state
def handler(work: LateRef) -> Ended:
    return deferring.write(work, _told, wiring.ports())


def _told(asked: LateAnswer, sent: bytes) -> Iterator[bytes]:
    return late.told(asked, sent, wiring.ports(), wiring.media)
