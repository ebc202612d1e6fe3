"""The batches of a sync: where their entries and reports lie, and how one is done once, however often it is tried."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from gloss.domain.errors import GlossError, Invalid, Stale, TooLarge
from gloss.domain.job import Job
from gloss.domain.media import Item
from gloss.domain.model import JobId, Timestamp, Value
from gloss.domain.syncing import (
    Entry,
    Sync,
    SyncBatch,
    Tally,
    Told,
    Tracked,
    file_of,
    is_sidecar,
    synced_item_id,
    tallied,
)
from gloss.domain.tally import Counted, came, summed, went
from gloss.kinds.register import INTEGRATIONS, ITEMS, integration_key, item_key
from gloss.kinds.syncing import SYNC_BATCHES, SYNCS, TRACKED, sync_batch_key, sync_key, tracked_key
from gloss.ports import Blobs, Change, Key, Media, Overwrite, Ports, Store
from gloss.services import tallying
from gloss.services.parcelling import NDJSON
from gloss.services.registering import MediaOf

AT_ONCE = 8
CHUNK_CHANGES = 90
CHUNK_BYTES = 2_000_000
TRIES = 3


class SyncBatchRef(Value):
    """Which batch of which sync a state works on."""

    sync_id: str
    batch: str


class Held(NamedTuple):
    """What the folder holds of a key: its record, its own item, and the item of the file that it may describe."""

    tracked: Tracked | None
    item: Item | None
    described: Item | None


class Decided(NamedTuple):
    """What becomes of an entry, what has to be saved for it, and what that does to what the folder holds."""

    told: Told
    changes: Sequence[Change] = ()
    counted: Counted = Counted()


class Work(NamedTuple):
    """What all entries of a batch share; `job` stands for the sync where items are composed."""

    sync: Sync
    job: Job
    media: Media
    blobs: Blobs
    now: Timestamp


Decision = Callable[[Held], Decided]
Look = Callable[[Entry, Held, Work], Decision]
Deed = tuple[Entry, Decision]


def carry_out(ref: SyncBatchRef, look: Look, media_of: MediaOf, ports: Ports) -> SyncBatch:
    """Look at the cloud for each entry of a batch, several at once, save what is decided, and note what came of it.

    A batch that was done before, or of a sync that is over, is left alone.
    """
    sync = ports.store.get(SYNCS, sync_key(ref.sync_id))
    done = ports.store.find(SYNC_BATCHES, sync_batch_key(sync.id, ref.batch))
    if done is not None or sync.is_over:
        return done or SyncBatch(sync_id=sync.id, name=ref.batch, tally=Tally())
    integration = ports.store.get(INTEGRATIONS, integration_key(sync.link.integration_id))
    work = Work(sync, _job(sync), media_of(integration), ports.blobs, ports.clock.now())
    told = list(_each(read_entries(sync.id, ref.batch, ports.blobs), look, work, ports.store))
    _write(report_key(sync.id, ref.batch), told, ports.blobs)
    batch = SyncBatch(sync_id=sync.id, name=ref.batch, tally=tallied(told))
    ports.store.commit([Overwrite(SYNC_BATCHES, batch)])
    return batch


def _each(entries: Sequence[Entry], look: Look, work: Work, store: Store) -> Iterator[Told]:
    held = _held(work.sync, entries, store)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        decisions = list(pool.map(lambda entry: look(entry, held[entry.key], work), entries))
    return _saved(list(zip(entries, decisions, strict=True)), work.sync, held, store)


def _job(sync: Sync) -> Job:
    return Job(
        id=JobId(sync.id),
        org_id=sync.org_id,
        folder_id=sync.folder_id,
        integration_id=sync.link.integration_id,
        manifest_key="",
        created_by=sync.created_by,
        created_at=sync.created_at,
    )


def _held(sync: Sync, entries: Sequence[Entry], store: Store) -> dict[str, Held]:
    """What the folder holds of each entry's key, in two reads whatever their number (a hundred records each)."""
    keys = [entry.key for entry in entries]
    described = {key: file for key in keys if (file := _described(key, sync)) is not None}
    wanted = {key: synced_item_id(sync.folder_id, key) for key in (*keys, *described.values())}
    tracked = {it.key: it for it in store.get_many(TRACKED, [tracked_key(sync.folder_id, key) for key in keys])}
    items = {it.id: it for it in store.get_many(ITEMS, [item_key(item_id) for item_id in wanted.values()])}
    return {
        key: Held(
            tracked.get(key), items.get(wanted[key]), items.get(wanted[described[key]]) if key in described else None
        )
        for key in keys
    }


def _saved(deeds: Iterable[Deed], sync: Sync, held: dict[str, Held], store: Store) -> Iterator[Told]:
    """Save decisions in few commits; where somebody else was faster, decide again on what is there then, one by one."""
    for chunk in _chunks(deeds, held):
        try:
            store.commit(_changes([decided for _, decided in chunk], sync))
            yield from (decided.told for _, decided in chunk)
        except (Stale, TooLarge, Invalid):
            yield from (_saved_alone(deed, sync, store) for deed, _ in chunk)


def failed(entry: Entry, reason: str) -> Told:
    """That an entry could not be dealt with; the next sync tries again."""
    return Told(key=entry.key, url=entry.url, status="failed", reason=reason)


def refusing(entry: Entry, refused: GlossError) -> Decision:
    """A decision to leave an entry as it is, with the reason."""
    reason = refused.message
    return lambda _: Decided(failed(entry, reason))


def keeping(entry: Entry) -> Decision:
    """A decision that nothing is to do after all."""
    return lambda _: Decided(Told(key=entry.key, url=entry.url, status="kept"))


def difference(before: Item | None, after: Item) -> Counted:
    """By how much a folder's holdings change when an item becomes another."""
    left = [went([before])] if before is not None and before.deleted_at is None else []
    return summed([*left, *([came([after])] if after.deleted_at is None else [])])


def write_entries(sync_id: str, name: str, entries: Iterable[Entry], blobs: Blobs) -> None:
    """Keep the entries of a batch; the same again when the scan is repeated."""
    _write(entries_key(sync_id, name), entries, blobs)


def read_entries(sync_id: str, name: str, blobs: Blobs) -> list[Entry]:
    """The entries of a batch; raises NotFound."""
    return [Entry.model_validate_json(line) for line in blobs.get(entries_key(sync_id, name)).split(b"\n") if line]


def read_report(sync_id: str, name: str, blobs: Blobs) -> list[Told]:
    """What became of the entries of a batch; raises NotFound."""
    return [Told.model_validate_json(line) for line in blobs.get(report_key(sync_id, name)).split(b"\n") if line]


def entries_key(sync_id: str, name: str) -> str:
    """Where the entries of a batch lie."""
    return f"syncs/{sync_id}/entries/{name}.ndjson"


def report_key(sync_id: str, name: str) -> str:
    """Where the report of a batch lies."""
    return f"syncs/{sync_id}/report/{name}.ndjson"


def _described(key: str, sync: Sync) -> str | None:
    """The key of the file that a sidecar describes; a sidecar of a sidecar describes nothing."""
    sidecars = sync.link.sidecars
    if sidecars is None or not is_sidecar(key, sidecars):
        return None
    file = file_of(key, sidecars)
    return None if is_sidecar(file, sidecars) or not file else file


def _chunks(deeds: Iterable[Deed], held: dict[str, Held]) -> Iterator[list[tuple[Deed, Decided]]]:
    """Decisions that go into one commit: so many changes and bytes at most, and no record twice."""
    chunk: list[tuple[Deed, Decided]] = []
    places: set[Key] = set()
    size = 0
    for entry, decide in deeds:
        decided = decide(held[entry.key])
        touched = {change.kind.key(change.model) for change in decided.changes}
        weight = sum(len(change.model.model_dump_json()) for change in decided.changes)
        full = len(places) + len(touched) > CHUNK_CHANGES or size + weight > CHUNK_BYTES
        if chunk and (full or places & touched):
            yield chunk
            chunk, places, size = [], set(), 0
        chunk.append(((entry, decide), decided))
        places, size = places | touched, size + weight
    if chunk:
        yield chunk


def _changes(decided: Sequence[Decided], sync: Sync) -> list[Change]:
    """What is saved together, with one tally, named by the first item's new version."""
    changes = [change for each in decided for change in each.changes]
    counted = summed(each.counted for each in decided)
    if counted == Counted():
        return changes
    first = next(change.model for change in changes if change.kind is ITEMS)
    return [*changes, tallying.tally(sync.folder_id, f"{first.id}#{first.version}", counted)]


def _saved_alone(deed: Deed, sync: Sync, store: Store) -> Told:
    entry, decide = deed
    for _ in range(TRIES):
        decided = decide(_held(sync, [entry], store)[entry.key])
        try:
            store.commit(_changes([decided], sync))
        except Stale:
            continue
        except GlossError as refused:
            return failed(entry, refused.message)
        return decided.told
    return failed(entry, "It was changed by somebody else again and again; the next sync tries once more.")


def _write(key: str, rows: Iterable[Value], blobs: Blobs) -> None:
    blobs.put(key, b"".join(row.model_dump_json(exclude_defaults=True).encode() + b"\n" for row in rows), NDJSON)
