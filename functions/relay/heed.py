"""Told by EventBridge of a run that ended before its time: what it was working on ends too, with the reason."""

from gloss import consumers, wiring
from gloss.domain.lost_run import LostRun
from gloss.services import heeding


@consumers.of_lost_runs
def handler(lost: LostRun) -> None:
    heeding.heed(lost, wiring.ports())
