"""State GiveUp of folder_sync: the sync ends in ERROR, with the reason."""

from gloss import edge, wiring
from gloss.services import syncing
from gloss.services.syncing import BrokenSync, Concluded


@edge.state
def handler(work: BrokenSync) -> Concluded:
    return syncing.give_up(work, wiring.ports())
