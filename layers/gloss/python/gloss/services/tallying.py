"""How much a folder holds: every change leaves a tally in its own transaction, and tallies are folded together."""

from contextlib import suppress
from itertools import takewhile

from gloss.domain.errors import Stale
from gloss.domain.model import FolderId
from gloss.domain.tally import Counted, Holdings, Tally, summed
from gloss.kinds.register import HOLDINGS, TALLIES, holdings_key, tallies_of
from gloss.ports import Erase, Query, Save, Store

AT_ONCE = 90
TRIES = 3
ROUNDS_IN_REQUEST = 5
ROUNDS_AFTER_JOB = 300


def tally(folder_id: FolderId, change_id: str, change: Counted) -> Save[Tally]:
    """What goes into the transaction of a change; the change can happen once only, and so its tally counts once."""
    return Save(TALLIES, Tally(folder_id=folder_id, id=change_id, change=change))


def summary(folder_id: FolderId, store: Store) -> Counted:
    """What a folder holds; tallies that wait are folded on the way, some at a time."""
    for _ in range(TRIES):
        before = store.find(HOLDINGS, holdings_key(folder_id))
        waiting = [each.change for each in store.every(TALLIES, tallies_of(folder_id))]
        if store.find(HOLDINGS, holdings_key(folder_id)) == before:
            break
    if len(waiting) >= AT_ONCE:
        fold(folder_id, ROUNDS_IN_REQUEST, store)
    return summed([*([before.total] if before else []), *waiting])


def fold(folder_id: FolderId, rounds: int, store: Store) -> None:
    """Move tallies into the sum, each exactly once; whoever finds somebody else at it leaves it to them."""
    with suppress(Stale):
        for _ in takewhile(lambda _: _fold_some(folder_id, store), range(rounds)):
            pass


def _fold_some(folder_id: FolderId, store: Store) -> bool:
    known = store.find(HOLDINGS, holdings_key(folder_id))
    page = store.page(TALLIES, tallies_of(folder_id), Query(limit=AT_ONCE))
    if not page.entries:
        return False
    total = summed([*([known.total] if known else []), *(each.change for each in page.entries)])
    sums = known.changed(total=total) if known else Holdings(folder_id=folder_id, total=total)
    store.commit([Save(HOLDINGS, sums), *(Erase(TALLIES, each) for each in page.entries)])
    return page.next_token is not None
