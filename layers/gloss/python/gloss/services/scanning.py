"""The scan of a sync: the listing beside what the folder holds, key by key, cut into batches of what is to do."""

from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal

from gloss.domain.errors import Forbidden, Invalid, NotFound
from gloss.domain.linking import ending_of, key_of, url_of
from gloss.domain.model import Value
from gloss.domain.syncing import WORK, Entry, Finding, Pair, Seen, Sync, Tally, entry_of, merged, summed
from gloss.kinds.register import INTEGRATIONS, integration_key
from gloss.kinds.syncing import SYNC_BATCHES, SYNCS, TRACKED, sync_batch_key, sync_key, tracked_of
from gloss.ports import Blobs, Listed, Media, Ports, Query, Save
from gloss.services import nesting, syncing, tallying
from gloss.services.batching import write_entries
from gloss.services.registering import MediaOf

MOST_ENDINGS: Final = 50
FOLDS_A_ROUND: Final = 10


class Pace(Value):
    """How much one round takes on: keys compared, entries a batch, batches of gone entries handed out."""

    keys: int = 20_000
    entries: int = 250
    gone: int = 80


STEADY: Final = Pace()


class Round(Value):
    """What to do before the scan goes on: batches of files first, then of their sidecars, at last of what is gone."""

    status: Literal["more", "through"]
    sync_id: str
    files: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def scan(sync_id: str, media_of: MediaOf, ports: Ports, pace: Pace = STEADY) -> Round:
    """The next round of a sync. What was handed out and is not done is handed out again, so nothing is left behind.

    A cloud that refuses the listing ends the sync with the reason.
    """
    sync = ports.store.get(SYNCS, sync_key(sync_id))
    if sync.is_over:
        return Round(status="through", sync_id=sync.id)
    waiting = _waiting(sync, ports)
    if waiting:
        return _round(sync.id, waiting)
    tallying.fold(sync.folder_id, FOLDS_A_ROUND, ports.store)
    settled = sync.model_copy(update={"tally": syncing.tally_of(sync, ports.store), "handed": ()})
    try:
        ahead = _swept(settled, pace) if sync.complete else _scanned(settled, media_of, pace, ports)
    except (NotFound, Forbidden, Invalid) as refused:
        syncing.end_with(sync, f"{sync.link.url} cannot be listed: {refused.message}", ports)
        return Round(status="through", sync_id=sync.id)
    ports.store.commit([Save(SYNCS, ahead.changed(touched_at=ports.clock.now()))])
    through = ahead.complete and not ahead.handed and ahead.swept == ahead.gone_batches
    return Round(status="through", sync_id=sync.id) if through else _round(sync.id, ahead.handed)


def _waiting(sync: Sync, ports: Ports) -> tuple[str, ...]:
    done = ports.store.get_many(SYNC_BATCHES, [sync_batch_key(sync.id, name) for name in sync.handed])
    names = {batch.name for batch in done}
    return tuple(name for name in sync.handed if name not in names)


def _round(sync_id: str, names: tuple[str, ...]) -> Round:
    sorts = {sort: tuple(name for name in names if name.startswith(sort)) for sort in ("files", "sidecars", "gone")}
    return Round(status="more", sync_id=sync_id, **sorts)


def _media(sync: Sync, media_of: MediaOf, ports: Ports) -> Media:
    """The folder's media; raises NotFound when the folder, or one above it, or its integration is gone."""
    nesting.trail(sync.folder_id, ports.store)
    return media_of(ports.store.get(INTEGRATIONS, integration_key(sync.link.integration_id)))


def _swept(sync: Sync, pace: Pace) -> Sync:
    """The sync with the next batches of what is gone handed out."""
    until = min(sync.swept + pace.gone, sync.gone_batches)
    return sync.model_copy(update={"handed": tuple(map(_gone, range(sync.swept, until))), "swept": until})


def _scanned(sync: Sync, media_of: MediaOf, pace: Pace, ports: Ports) -> Sync:
    """The sync after the next keys: compared, cut into batches and counted."""
    sorter = _Sorter(sync, pace, ports.blobs)
    for pair in islice(_pairs(sync, _media(sync, media_of, ports), ports), pace.keys):
        sorter.take(pair)
    return sorter.closed()


def _pairs(sync: Sync, media: Media, ports: Ports) -> Iterator[Pair]:
    after = url_of(sync.after, sync.link.url) if sync.after else None
    seen = (_seen(each, sync.link.url) for each in media.listed(sync.link.url, after))
    known = ports.store.every(TRACKED, tracked_of(sync.folder_id), Query(beyond=sync.after, limit=1000))
    return merged(seen, known)


def _seen(each: Listed, prefix: str) -> Seen:
    return Seen(key=key_of(each.url, prefix), url=each.url, size_bytes=each.size_bytes, etag=each.etag)


def _gone(number: int) -> str:
    return f"gone-{number:06}"


class _Sorter:
    """Counts pairs and writes what is to do, each batch as soon as it is full; holds one batch of each sort."""

    def __init__(self, sync: Sync, pace: Pace, blobs: Blobs) -> None:
        self._sync, self._pace, self._blobs = sync, pace, blobs
        self._open: dict[str, list[Entry]] = {"files": [], "sidecars": [], "gone": []}
        self._found = dict.fromkeys(Finding, 0)
        self._endings = dict(sync.endings)
        self._batches, self._gone = sync.batches, sync.gone_batches
        self._handed: list[str] = []
        self._after = sync.after

    def take(self, pair: Pair) -> None:
        entry = entry_of(pair, self._sync.link)
        self._after = pair.key
        self._found[entry.finding] += 1
        if entry.finding is Finding.UNSUPPORTED:
            self._count_ending(pair.key)
        if sort := WORK.get(entry.finding):
            self._open[sort].append(entry)
            if len(self._open[sort]) == self._pace.entries:
                self._write(sort)

    def closed(self) -> Sync:
        """Write what is left; the sync as it is then."""
        for sort in (sort for sort, entries in self._open.items() if entries):
            self._write(sort)
        fields = {
            "after": self._after,
            "complete": sum(self._found.values()) < self._pace.keys,
            "batches": self._batches,
            "gone_batches": self._gone,
            "handed": tuple(self._handed),
            "tally": summed([self._sync.tally, self._tally()]),
            "endings": self._endings,
        }
        return self._sync.model_copy(update=fields)

    def _write(self, sort: str) -> None:
        if sort == "gone":
            name, self._gone = _gone(self._gone), self._gone + 1
        else:
            name, self._batches = f"{sort}-{self._batches:06}", self._batches + 1
            self._handed.append(name)
        write_entries(self._sync.id, name, self._open[sort], self._blobs)
        self._open[sort] = []

    def _count_ending(self, key: str) -> None:
        ending = ending_of(key)[:32] or "(none)"
        known = ending in self._endings or len(self._endings) < MOST_ENDINGS
        name = ending if known else "(other)"
        self._endings[name] = self._endings.get(name, 0) + 1

    def _tally(self) -> Tally:
        found = self._found
        return Tally(
            scanned=sum(found.values()) - found[Finding.GONE],
            same=found[Finding.SAME],
            hidden=found[Finding.HIDDEN],
            unsupported=found[Finding.UNSUPPORTED],
            ignored=found[Finding.IGNORED],
            planned=sum(found[each] for each in WORK),
        )
