"""Syncs of a cloud-synced folder: start one at a time, begin it when it is due, follow, cancel, resume and end it."""

from typing import Literal

from gloss.domain.access import Caller
from gloss.domain.errors import Conflict, NotFound, Stale
from gloss.domain.events import FolderSynced
from gloss.domain.folder import Folder
from gloss.domain.job import JobStatus
from gloss.domain.model import FolderId, UserId, Value
from gloss.domain.syncing import CurrentSync, Sync, SyncProgress, Tally, is_stuck, progress, summed
from gloss.kinds.register import FOLDERS, folder_key
from gloss.kinds.syncing import (
    CURRENT_SYNCS,
    SYNC_BATCHES,
    SYNCS,
    current_sync_key,
    sync_batch_key,
    sync_key,
    syncs_of,
)
from gloss.ports import Change, Demand, Page, Ports, Query, Save, Store
from gloss.services import nesting, tallying
from gloss.services.finishing import Cause
from gloss.services.linking import MACHINE, link_of, name_of
from gloss.timetable import Timetable


class Due(Value):
    """A folder whose sync is due, and the name of the machine's run that asks."""

    folder_id: FolderId
    run: str


class Begun(Value):
    """Whether there is a sync for this run to carry out, and which."""

    status: Literal["begun", "nothing"]
    sync_id: str = ""


class SyncRef(Value):
    """Which sync a state works on."""

    sync_id: str


class BrokenSync(Value):
    """A sync whose machine could not go on, in which run if that matters, and why."""

    sync_id: str = ""
    run: str | None = None
    error: Cause = Cause()


class Concluded(Value):
    """How a sync ended."""

    status: JobStatus
    tally: Tally


class Followed(Value):
    """A sync as it stands."""

    sync: Sync
    progress: SyncProgress


def ask(folder: Folder, caller: Caller, ports: Ports) -> Sync:
    """Start a sync of a folder and its machine; while one runs, that one is the answer. Raises Conflict."""
    sync = start(folder, caller.user_id, None, ports)
    if not sync.is_over:
        ports.machines.start(MACHINE, sync.run, {"folder_id": folder.id})
    return sync


def start(folder: Folder, by: UserId, run: str | None, ports: Ports) -> Sync:
    """The sync that runs, or a new one carried by `run` (None: a run of the sync's own name)."""
    link, now = link_of(folder), ports.clock.now()
    current, latest = _latest(folder.id, ports.store)
    if latest is not None and not latest.is_over and not is_stuck(latest, now):
        return latest
    sync_id = ports.ids.new()
    made = Sync(
        id=sync_id,
        org_id=folder.org_id,
        folder_id=folder.id,
        link=link,
        run=run or sync_id,
        created_by=by,
        created_at=now,
        touched_at=now,
    )
    return _started(made, current, latest, ports)


def begin(due: Due, timetable: Timetable, ports: Ports) -> Begun:
    """Which sync a run carries out: the one that was asked for, or a new one of a folder that is synced daily.

    A folder that is gone, or no longer daily, is taken off the timetable.
    """
    folder = ports.store.find(FOLDERS, folder_key(due.folder_id))
    latest = _latest(due.folder_id, ports.store)[1]
    if latest is not None and latest.run == due.run:
        return Begun(status="nothing" if latest.is_over else "begun", sync_id=latest.id)
    if folder is None or folder.deleted_at is not None or folder.link is None or not folder.link.daily:
        timetable.take_off(name_of(due.folder_id))
        return Begun(status="nothing")
    if nesting.gone([folder.id], ports.store):
        return Begun(status="nothing")
    made = start(folder, folder.created_by, due.run, ports)
    return Begun(status="begun" if made.run == due.run else "nothing", sync_id=made.id)


def cancel(folder_id: str, ports: Ports) -> Sync:
    """Stop the sync that runs; what it did stays. Raises Conflict when none runs."""
    sync = latest_of(folder_id, ports.store)
    if sync.is_over:
        raise Conflict(f"No sync of this folder runs; the latest is {sync.status.value}.")
    cancelled = sync.changed(status=JobStatus.CANCELLED, ended_at=ports.clock.now())
    ports.store.commit([Save(SYNCS, cancelled)])
    ports.machines.stop(MACHINE, sync.run)
    return cancelled


def resume(folder: Folder, ports: Ports) -> Sync:
    """Go on with the latest sync where it stopped; raises Conflict unless it broke off or was cancelled."""
    current, sync = _latest(folder.id, ports.store)
    if current is None or sync is None or sync.status not in {JobStatus.ERROR, JobStatus.CANCELLED}:
        raise Conflict("Only a sync that broke off or was cancelled can be resumed; start a new one.")
    fields = {"status": JobStatus.PENDING, "reason": None, "ended_at": None, "touched_at": ports.clock.now()}
    resumed = sync.changed(**fields, link=link_of(folder), run=f"{sync.id}-{sync.version}")
    ports.store.commit([Save(SYNCS, resumed), Demand(CURRENT_SYNCS, current)])
    ports.machines.start(MACHINE, resumed.run, {"folder_id": folder.id})
    return resumed


def conclude(sync_id: str, ports: Ports) -> Concluded:
    """End a sync that is through; one that is over already stays as it is."""
    sync = ports.store.get(SYNCS, sync_key(sync_id))
    return _ended(sync, sync if sync.is_over else _end(sync, JobStatus.DONE, None, ports), ports)


def give_up(broken: BrokenSync, ports: Ports) -> Concluded:
    """End a sync that could not go on, with the reason; nothing more is tombstoned, what was registered stays."""
    sync = ports.store.find(SYNCS, sync_key(broken.sync_id))
    if sync is None:
        return Concluded(status=JobStatus.ERROR, tally=Tally())
    if sync.is_over or broken.run not in {None, sync.run}:
        return _ended(sync, sync, ports)
    reason = f"The sync broke off ({broken.error.error or 'unknown'}); resume it."
    return _ended(sync, _end(sync, JobStatus.ERROR, reason, ports), ports)


def latest_of(folder_id: str, store: Store) -> Sync:
    """The latest sync of a folder; raises NotFound before the first."""
    latest = find_latest(folder_id, store)
    if latest is None:
        raise NotFound("This folder was never synced.")
    return latest


def find_latest(folder_id: str, store: Store) -> Sync | None:
    """The latest sync of a folder, or None before the first."""
    return _latest(folder_id, store)[1]


def sync_of(folder_id: str, sync_id: str, store: Store) -> Sync:
    """A sync of this very folder; raises NotFound."""
    sync = store.get(SYNCS, sync_key(sync_id))
    if sync.folder_id != folder_id:
        raise NotFound("There is no sync here, or you may not see it.")
    return sync


def history(folder_id: str, query: Query, store: Store) -> Page[Sync]:
    """The syncs of a folder, the newest first."""
    wanted = Query(index="by_parent", limit=query.limit, after=query.after, descending=True)
    return store.page(SYNCS, syncs_of(folder_id), wanted)


def follow(sync: Sync, ports: Ports) -> Followed:
    """How far a sync is: its own counts and those of the batches that were handed out last."""
    return Followed(sync=sync, progress=progress(sync, tally_of(sync, ports.store), ports.clock.now()))


def tally_of(sync: Sync, store: Store) -> Tally:
    """The counts of a sync so far."""
    handed = store.get_many(SYNC_BATCHES, [sync_batch_key(sync.id, name) for name in sync.handed])
    return summed([sync.tally, *(batch.tally for batch in handed)])


def end_with(sync: Sync, reason: str, ports: Ports) -> None:
    """End a sync whose cloud refuses it."""
    _end(sync, JobStatus.ERROR, reason, ports)


def _started(made: Sync, current: CurrentSync | None, latest: Sync | None, ports: Ports) -> Sync:
    """Save a new sync as the folder's latest; when somebody was faster, theirs is the answer."""
    first = CurrentSync(folder_id=made.folder_id, sync_id=made.id)
    moved = first if current is None else current.changed(sync_id=made.id)
    changes: list[Change] = [Save(SYNCS, made), Save(CURRENT_SYNCS, moved)]
    if latest is not None and not latest.is_over:
        stuck = "Its run did nothing for a day; another sync took its place."
        changes.append(Save(SYNCS, latest.changed(status=JobStatus.ERROR, reason=stuck, ended_at=made.created_at)))
    try:
        ports.store.commit(changes)
    except Stale:
        return latest_of(made.folder_id, ports.store)
    return made


def _latest(folder_id: str, store: Store) -> tuple[CurrentSync | None, Sync | None]:
    current = store.find(CURRENT_SYNCS, current_sync_key(folder_id))
    return current, None if current is None else store.get(SYNCS, sync_key(current.sync_id))


def _end(sync: Sync, status: JobStatus, reason: str | None, ports: Ports) -> Sync:
    now, tally = ports.clock.now(), tally_of(sync, ports.store)
    ended = sync.changed(status=status, reason=reason, ended_at=now)
    event = FolderSynced(
        id=ports.ids.new(),
        at=now,
        actor=sync.created_by,
        org_id=sync.org_id,
        folder_id=sync.folder_id,
        sync_id=sync.id,
        status=status.value,
        new=tally.new,
        changed=tally.changed,
        gone=tally.gone,
        errors=tally.failed,
    )
    ports.store.commit([Save(SYNCS, ended)], [event])
    tallying.fold(sync.folder_id, tallying.ROUNDS_AFTER_JOB, ports.store)
    return ended


def _ended(sync: Sync, ended: Sync, ports: Ports) -> Concluded:
    return Concluded(status=ended.status, tally=tally_of(sync, ports.store))
