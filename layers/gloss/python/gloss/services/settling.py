"""One unit of a batch: recognised, or probed and saved, and what is told of it."""

from collections.abc import Callable
from typing import NamedTuple

from gloss.domain.errors import Forbidden, GlossError, Invalid, NotFound, Stale, Throttled, TooLarge, Upstream
from gloss.domain.integration import Reach
from gloss.domain.job import Job, Outcome
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.units import GroupUnit, RowFault, Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import Timestamp
from gloss.domain.registering import cluster_id_of
from gloss.domain.told import marked
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Blobs, Media, Save, Store
from gloss.services import recognising, retelling
from gloss.services.composing import Files, Source, composed, told_of_split
from gloss.services.probing import Probed, probed
from gloss.services.recognising import Known, Twin
from gloss.services.sharing import shared
from gloss.services.stowing import stow

TRIES = 8
READING, PROBING, VALIDATING, SAVING = "Reading object head", "Probing media", "Validating metadata", "Saving item"
ACTIONS = {MediaKind.DICOM_SERIES: "Indexing DICOM series", MediaKind.IMAGE_SEQUENCE: "Rendering image sequence"}

Place = tuple[str, ...]
Placed = tuple[Unit, Place]


class Work(NamedTuple):
    """What all units of a batch share."""

    job: Job
    media: Media
    reach: Reach
    now: Timestamp
    blobs: Blobs
    batch: int


class Desk(NamedTuple):
    """Where units are worked on: what they share, the step between their URLs and their facts, and the records."""

    work: Work
    step: "Step"
    store: Store


class Settled(NamedTuple):
    """What became of a unit, and the item that it made, now or on an earlier try; `more` of a group that was split."""

    outcome: Outcome
    made: Item | None = None
    more: tuple[Item, ...] = ()


class Ready(NamedTuple):
    """A unit that only has to be saved: its hidden members, the groups that it was split into, the visible item."""

    files: Files
    others: tuple[Item, ...]
    visible: Item
    outcome: Outcome


Step = Callable[[Unit, Place, Work], tuple[Place, Probed]]


def settle(placed: Placed, known: Known, desk: Desk) -> Settled:
    """A unit's outcome; if another job was faster with its URLs, what that one made is looked at instead."""
    unit, urls = placed
    for _ in range(TRIES):
        twin = recognising.same_as(unit, urls, known)
        if twin is not None:
            return _skipped(unit, twin, desk)
        ready = _made_ready(unit, urls, known, desk)
        if isinstance(ready, Settled):
            return ready
        try:
            _save(ready, desk)
        except Stale:
            known = recognising.known_places([placed], desk.work.job, desk.store)
        else:
            return Settled(ready.outcome, ready.visible, ready.others)
    raise Throttled(f"{unit.path} is being registered by others at the same time; it is tried again.")


def fault(row: RowFault) -> Settled:
    """A row that is no unit."""
    error = f"{row.path}: {row.reason}"
    said = {**_spot(row), "urls": row.urls, "error": error, "action": VALIDATING}
    return Settled(Outcome.model_validate({**said, "status": "error"}))


def failed(unit: Unit, refused: GlossError, action: str) -> Settled:
    """A unit that was refused while something was done with it."""
    return Settled(_told(unit, status="error", error=refused.message, action=action))


def held(unit: Unit, item: Item, desk: Desk) -> Settled:
    """A unit whose item is there: done if an earlier try made it, with all groups that it was split into."""
    job = desk.work.job
    named = {"item_id": item.id, "name": item.title}
    if item.job_id != job.id or item.row != unit.row:
        return Settled(_told(unit, status="skipped", **named))
    others = _split(unit, item, desk)
    warnings = (*marked(item, unit.marks())[1], *told_of_split(item, *others))
    return Settled(_told(unit, status="done", warnings=warnings, **named), item, others)


def probe_files(unit: Unit, urls: Place, work: Work) -> tuple[Place, Probed]:
    """The step of files and groups: their headers are read where they lie."""
    return urls, probed(unit, urls, work.media, {})


def _made_ready(unit: Unit, urls: Place, known: Known, desk: Desk) -> Ready | Settled:
    files = recognising.file_places(unit, urls, known)
    reused = {url: place.item for url, place in files.items() if place.item is not None}
    name = fingerprint(unit.kind, urls)
    item_id = recognising.own_id(unit, name, known, desk.work.job)
    try:
        places, found = desk.step(unit, urls, desk.work) if not reused else _reusing(unit, urls, desk.work, reused)
        made = composed(unit, Source(places, name, item_id, files), found, desk.work.job, desk.work.now)
        *others, visible = (stow(it, desk.work.blobs) for it in made.groups)
    except GlossError as refused:
        return failed(unit, refused, _action(unit, refused))
    named = {"item_id": visible.id, "name": visible.title, "warnings": made.warnings}
    done = _told(unit, status="done", bytes_read=found.bytes_read, **named)
    return Ready(made.files, tuple(others), visible, done)


def _reusing(unit: Unit, urls: Place, work: Work, reused: dict[str, Item]) -> tuple[Place, Probed]:
    return urls, probed(unit, urls, work.media, {url: item.facts for url, item in reused.items()})


def _save(ready: Ready, desk: Desk) -> None:
    """Notes, then members, then the visible item: until that is there, nobody sees the unit, and a retry goes on.

    Each is a conditional write of its own, since the ids are the same on every try. Raises Stale when another job that
    skips duplicates made the item.
    """
    for _ in shared(lambda file: _save_file(file, desk), ready.files.each()):
        continue
    for group in ready.others:
        _save_once(group, desk.store)
        recognising.note(group, desk.store)
    if desk.work.job.skip_duplicate_urls:
        desk.store.commit([Save(ITEMS, ready.visible)])
    else:
        recognising.note(ready.visible, desk.store)
        _save_once(ready.visible, desk.store)


def _save_file(file: Item, desk: Desk) -> None:
    """A hidden member, and a note of a DICOM file, which other series may share."""
    _save_once(file, desk.store)
    if file.kind is MediaKind.DICOM_FILE and not desk.work.job.skip_duplicate_urls:
        recognising.note(file, desk.store)


def _save_once(item: Item, store: Store) -> None:
    """Save what only this row can make; it may be there from an earlier try, and changed since."""
    try:
        store.commit([Save(ITEMS, item)])
    except Stale:
        return


def _skipped(unit: Unit, twin: Twin, desk: Desk) -> Settled:
    """A unit that the folder has already, with its metadata merged if the job wants that."""
    item, job = twin.item, desk.work.job
    if item is None:
        return Settled(_told(unit, status="skipped", name=unit.name, warnings=_unmerged(unit, job)))
    if job.upsert_metadata and item.deleted_at is None and (item.job_id, item.row) != (job.id, unit.row):
        try:
            retelling.upsert(item, unit.client_metadata, desk.work.blobs, desk.store)
        except (Invalid, TooLarge) as refused:
            return failed(unit, refused, SAVING)
    return held(unit, item, desk)


def _split(unit: Unit, item: Item, desk: Desk) -> tuple[Item, ...]:
    """The other groups that an earlier try made of a group; they were saved before the first."""
    if not (isinstance(unit, GroupUnit) and unit.cluster_by_resolution):
        return ()
    others = [cluster_id_of(item.id, at) for at in range(1, len(unit.urls))]
    return tuple(desk.store.get_many(ITEMS, [item_key(each) for each in others]))


def _unmerged(unit: Unit, job: Job) -> tuple[str, ...]:
    told = "every file is there already, as part of other series; no item has these files alone, so nothing was merged"
    return (told,) if job.upsert_metadata and unit.client_metadata else ()


def _action(unit: Unit, refused: GlossError) -> str:
    if unit.kind is not MediaKind.IMAGE_SEQUENCE and isinstance(refused, NotFound | Forbidden | Upstream):
        return READING
    return ACTIONS.get(unit.kind, PROBING)


def _told(unit: Unit, **what: object) -> Outcome:
    return Outcome.model_validate({**_spot(unit), "urls": unit.urls, "kind": unit.kind, **what})


def _spot(row: Unit | RowFault) -> dict[str, object]:
    return {"row": row.row, "path": row.path, "line": row.line}
