"""One sync of a folder with its prefix: what the listing and the folder say of each key, and how far the sync is."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.errors import Upstream
from gloss.domain.job import JobStatus
from gloss.domain.linking import Link, Sidecars, kind_of, url_of
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, ItemId, OrgId, Timestamp, UserId, Value, Versioned

STUCK_AFTER: Final = timedelta(hours=24)
LONGEST_KEY: Final = 1024
_ITEMS = UUID("2c1f6a0e-7d0b-4f2c-9f0e-51f1a7f0c6b4")


class Seen(Value):
    """An object of the listing; `key` is what follows the folder's prefix."""

    key: str
    url: str
    size_bytes: int
    etag: str


class Tracked(Versioned):
    """What a folder holds of a key: the item of a file, or (no item) a sidecar with the metadata keys that it gave."""

    folder_id: FolderId
    key: str
    etag: str
    size_bytes: int
    item_id: ItemId | None = None
    given: tuple[str, ...] = ()

    def shows(self, etag: str, size_bytes: int) -> bool:
        """Whether the object is still as it was when the folder took it in."""
        return (self.etag, self.size_bytes) == (etag, size_bytes)


class Pair(NamedTuple):
    """A key with what the listing and the folder say of it; at least one of them does."""

    key: str
    seen: Seen | None
    tracked: Tracked | None


class Finding(StrEnum):
    """What a pair means. SAME to IGNORED are nothing to do."""

    SAME = "same"
    HIDDEN = "hidden"
    UNSUPPORTED = "unsupported"
    IGNORED = "ignored"
    NEW = "new"
    CHANGED = "changed"
    SIDECAR = "sidecar"
    GONE = "gone"


#: The sort of batch that deals with a finding.
WORK: Final = {Finding.NEW: "files", Finding.CHANGED: "files", Finding.SIDECAR: "sidecars", Finding.GONE: "gone"}


class Entry(Value):
    """One key that has to be dealt with; `kind` is None for sidecars and for what is gone."""

    key: str
    url: str
    finding: Finding
    etag: str = ""
    size_bytes: int = 0
    kind: MediaKind | None = None


class Told(Value):
    """What became of an entry: `kept` needed nothing after all, `warned` is a sidecar that was not attached."""

    key: str
    url: str
    status: Literal["new", "changed", "gone", "attached", "kept", "warned", "failed"]
    item_id: ItemId | None = None
    reason: str | None = None
    bytes_read: int = 0


class Tally(Value):
    """Counts of a sync. The first six come from the scan, the rest are entries by what became of them."""

    scanned: int = 0
    same: int = 0
    hidden: int = 0
    unsupported: int = 0
    ignored: int = 0
    planned: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    attached: int = 0
    kept: int = 0
    warned: int = 0
    failed: int = 0
    bytes_read: int = 0

    @property
    def decided(self) -> int:
        """How many entries are through."""
        return self.new + self.changed + self.gone + self.attached + self.kept + self.warned + self.failed


class SyncBatch(Value):
    """What became of one batch of a sync."""

    sync_id: str
    name: str
    tally: Tally


class CurrentSync(Versioned):
    """The latest sync of a folder: whoever starts one must move this on, so that there is one at a time."""

    folder_id: FolderId
    sync_id: str


class Sync(Versioned):
    """A sync of a folder: `after` is the last key that was compared, `handed` are the batches handed out last.

    `run` is the name of the machine's run that carries it; `gone_batches` wait until the scan is complete.
    """

    id: str
    org_id: OrgId
    folder_id: FolderId
    link: Link
    run: str
    status: JobStatus = JobStatus.PENDING
    after: str = ""
    complete: bool = False
    batches: int = 0
    gone_batches: int = 0
    swept: int = 0
    handed: tuple[str, ...] = ()
    tally: Tally = Tally()
    endings: dict[str, int] = Field(default_factory=dict)
    reason: str | None = None
    created_by: UserId
    created_at: Timestamp
    touched_at: Timestamp
    ended_at: Timestamp | None = None

    @property
    def is_over(self) -> bool:
        return self.status is not JobStatus.PENDING


class SyncProgress(Value):
    """How far a sync is; `pending` counts entries that were found and not dealt with yet."""

    tally: Tally
    pending: int
    cancelled: int
    objects_per_second: float | None


def synced_item_id(folder_id: str, key: str) -> ItemId:
    """The id of the item of a key: a synced folder has one item for each canonical URL, whoever makes it."""
    return ItemId(str(uuid5(_ITEMS, f"{folder_id}/{key}")))


def merged(seen: Iterable[Seen], tracked: Iterable[Tracked]) -> Iterator[Pair]:
    """Every key of either side once, in order; both must come in the order of their keys' UTF-8 bytes.

    Reads one entry ahead on each side, so it holds two at a time. Raises Upstream when the listing is out of order.
    """
    here, there = _ordered(seen), iter(tracked)
    one, two = next(here, None), next(there, None)
    while one is not None or two is not None:
        if two is None or (one is not None and one.key < two.key):
            yield Pair(one.key if one else "", one, None)
            one = next(here, None)
        elif one is None or two.key < one.key:
            yield Pair(two.key, None, two)
            two = next(there, None)
        else:
            yield Pair(one.key, one, two)
            one, two = next(here, None), next(there, None)


def entry_of(pair: Pair, link: Link) -> Entry:
    """What there is to do about a pair, as an entry; its finding says whether there is anything."""
    finding = _finding(pair, link.sidecars)
    if pair.seen is None:
        return Entry(
            key=pair.key,
            url=url_of(pair.key, link.url),
            finding=finding,
            etag=pair.tracked.etag if pair.tracked else "",
        )
    kind = kind_of(pair.key) if WORK.get(finding) == "files" else None
    said = {"url": pair.seen.url, "etag": pair.seen.etag, "size_bytes": pair.seen.size_bytes}
    return Entry(key=pair.key, finding=finding, kind=kind, **said)


def file_of(key: str, sidecars: Sidecars) -> str:
    """The key of the file that a sidecar describes: its own without the suffix."""
    return key.removesuffix(sidecars.suffix)


def is_sidecar(key: str, sidecars: Sidecars | None) -> bool:
    """Whether a key names a sidecar, and not a file of its own."""
    return sidecars is not None and key.endswith(sidecars.suffix)


def is_stuck(sync: Sync, now: Timestamp) -> bool:
    """Whether a sync that is not over has done nothing for so long that its run must be dead."""
    return not sync.is_over and now - sync.touched_at > STUCK_AFTER


def tallied(told: Iterable[Told]) -> Tally:
    """The counts of what became of some entries."""
    counts: dict[str, int] = {}
    for each in told:
        counts[each.status] = counts.get(each.status, 0) + 1
        counts["bytes_read"] = counts.get("bytes_read", 0) + each.bytes_read
    return Tally(**counts)


def summed(parts: Iterable[Tally]) -> Tally:
    """Several counts together."""
    total: dict[str, int] = {}
    for part in parts:
        total = {name: total.get(name, 0) + value for name, value in part}
    return Tally(**total)


def progress(sync: Sync, tally: Tally, now: Timestamp) -> SyncProgress:
    """How far a sync is at a moment; `tally` are its own counts and those of the batches handed out last."""
    seconds = ((sync.ended_at or now) - sync.created_at).total_seconds()
    open_entries = max(0, tally.planned - tally.decided)
    return SyncProgress(
        tally=tally,
        pending=0 if sync.is_over else open_entries,
        cancelled=open_entries if sync.is_over else 0,
        objects_per_second=tally.scanned / seconds if tally.scanned and seconds > 0 else None,
    )


def _ordered(seen: Iterable[Seen]) -> Iterator[Seen]:
    last = None
    for each in seen:
        if last is not None and each.key <= last:
            raise Upstream(f"The cloud lists {each.url} out of order; nothing of this page was used.")
        last = each.key
        yield each


def _finding(pair: Pair, sidecars: Sidecars | None) -> Finding:
    if pair.seen is None:
        return Finding.GONE
    if not pair.key or pair.key.endswith("/"):
        return Finding.IGNORED
    if is_sidecar(pair.key, sidecars):
        return _sidecar_finding(pair.seen, pair.tracked, paused=bool(sidecars and sidecars.paused))
    if kind_of(pair.key) is None or len(pair.key.encode()) > LONGEST_KEY:
        return Finding.UNSUPPORTED
    return _file_finding(pair.seen, pair.tracked)


def _sidecar_finding(seen: Seen, tracked: Tracked | None, *, paused: bool) -> Finding:
    """A sidecar that was an item before must be hidden, even while sidecars are paused."""
    was_file = tracked is not None and tracked.item_id is not None
    if paused and not was_file:
        return Finding.HIDDEN
    return (
        Finding.SAME
        if tracked is not None and not was_file and tracked.shows(seen.etag, seen.size_bytes)
        else Finding.SIDECAR
    )


def _file_finding(seen: Seen, tracked: Tracked | None) -> Finding:
    if tracked is None:
        return Finding.NEW
    return (
        Finding.SAME if tracked.item_id is not None and tracked.shows(seen.etag, seen.size_bytes) else Finding.CHANGED
    )
