"""State Begin of folder_sync: which sync a run carries out."""

from gloss import edge, wiring
from gloss.services import syncing
from gloss.services.syncing import Begun, Due


@edge.state
def handler(work: Due) -> Begun:
    return syncing.begin(work, wiring.timetable(), wiring.ports())
