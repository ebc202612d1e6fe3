"""What went wrong in a sync, page by page."""

import re

from gloss.domain.errors import Malformed
from gloss.domain.syncing import Sync, Told
from gloss.kinds.syncing import SYNC_BATCHES, sync_batches_of
from gloss.ports import Page, Ports, Query
from gloss.services.batching import read_report

_TOKEN = re.compile(r"((?:files|sidecars|gone)-\d{6,9})\.(\d{1,6})")
PROBLEMS = frozenset({"warned", "failed"})


def problems(sync: Sync, query: Query, ports: Ports) -> Page[Told]:
    """Files that failed and sidecars that were not attached, by batch; raises Malformed for a foreign token."""
    name, offset = _read(query.after)
    found: list[Told] = []
    for batch in ports.store.every(SYNC_BATCHES, sync_batches_of(sync.id), Query(limit=1000)):
        if batch.name < name or not batch.tally.warned + batch.tally.failed:
            continue
        told = [each for each in read_report(sync.id, batch.name, ports.blobs) if each.status in PROBLEMS]
        skipped = offset if batch.name == name else 0
        taken = told[skipped : skipped + query.limit - len(found)]
        found += taken
        if len(found) == query.limit:
            return Page(tuple(found), f"{batch.name}.{skipped + len(taken)}")
    return Page(tuple(found))


def _read(token: str | None) -> tuple[str, int]:
    if token is None:
        return "", 0
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Malformed("The page token is not one that this list gave out.")
    return found[1], int(found[2])
