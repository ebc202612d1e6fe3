"""The second state of a registration: each unit of a batch is probed and saved, once, however often it is tried."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from gloss.domain.errors import Forbidden, GlossError, NotFound, Stale, Upstream
from gloss.domain.integration import Integration
from gloss.domain.job import Batch, Counts, Job, JobStatus, Outcome, counted
from gloss.domain.locations import fingerprint, locate
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import JobId, Timestamp, Value
from gloss.domain.registering import Registered, item_id_of
from gloss.domain.tally import came
from gloss.domain.uploads import is_upload
from gloss.kinds.register import BATCHES, INTEGRATIONS, ITEMS, JOBS, REGISTERED, integration_key, item_key, job_key
from gloss.ports import Blobs, Change, Media, Overwrite, Ports, Save, Store
from gloss.services import admitting, describing, recognising, retelling, tallying
from gloss.services.composing import Composed, Source, composed
from gloss.services.parcelling import read_rows, write_report
from gloss.services.probing import Probed, probed
from gloss.services.recognising import Known
from gloss.services.stowing import stow

AT_ONCE = 8
CHUNK_CHANGES = 90
CHUNK_BYTES = 2_000_000
READING, PROBING, VALIDATING = "Reading object head", "Probing media", "Validating metadata"
ACTIONS = {MediaKind.DICOM_SERIES: "Indexing DICOM series", MediaKind.IMAGE_SEQUENCE: "Rendering image sequence"}

Place = tuple[str, ...]
MediaOf = Callable[[Integration | None], Media]


class BatchRef(Value):
    """Which batch of which job a state works on."""

    job_id: JobId
    number: int


class Registration(Value):
    """What became of a batch, for the machine's history."""

    job_id: JobId
    number: int
    counts: Counts


class Work(NamedTuple):
    """What all units of a batch share."""

    job: Job
    media: Media
    default_location: str | None
    now: Timestamp
    blobs: Blobs


class Ready(NamedTuple):
    """A unit that only has to be saved."""

    outcome: Outcome
    items: tuple[Item, ...]
    notes: tuple[Registered, ...]


Step = Callable[[Unit, Place, Work], tuple[Place, Probed]]


def register(job_id: str, number: int, media_of: MediaOf, ports: Ports) -> Registration:
    """Probe and save the units of a batch; an error of one unit is that unit's outcome."""
    return carry_out(job_id, number, media_of, _probe, ports)


def carry_out(job_id: str, number: int, media_of: MediaOf, step: Step, ports: Ports) -> Registration:
    """The same with another step between a unit's URLs and its facts; a batch of a job that is over does nothing."""
    job = ports.store.get(JOBS, job_key(job_id))
    if job.status is not JobStatus.PENDING:
        return Registration(job_id=job.id, number=number, counts=Counts())
    integration = _integration(job, ports.store)
    location = integration.default_location if integration else None
    work = Work(job, media_of(integration), location, ports.clock.now(), ports.blobs)
    rows = describing.read_rows(read_rows(job.id, number, ports.blobs), job, ports.store)
    outcomes = list(_outcomes(rows, work, step, ports.store))
    write_report(job.id, number, outcomes, ports.blobs)
    batch = Batch(job_id=job.id, number=number, counts=counted(outcomes))
    ports.store.commit([Overwrite(BATCHES, batch)])
    return Registration(job_id=job.id, number=number, counts=batch.counts)


def _integration(job: Job, store: Store) -> Integration | None:
    return None if job.integration_id is None else store.get(INTEGRATIONS, integration_key(job.integration_id))


def _outcomes(rows: Sequence[Unit | RowFault], work: Work, step: Step, store: Store) -> Iterator[Outcome]:
    """Faults first; then units, skipped or probed several at once and saved in a few commits."""
    yield from (_fault(row) for row in rows if isinstance(row, RowFault))
    placed, wrong = _placed([row for row in rows if not isinstance(row, RowFault)], work, store)
    yield from wrong
    known = recognising.known_items(placed, work.job, store)
    new, doubled = _sifted(placed, known, work.job)
    yield from (_skip(unit, item, work, store) for unit, item in doubled)

    def ready(unit: Unit, urls: Place) -> Ready | Outcome:
        return _made_ready(unit, urls, work, step, known)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda pair: ready(*pair), new))
    yield from (each for each in made if isinstance(each, Outcome))
    for chunk in _chunks([each for each in made if isinstance(each, Ready)]):
        yield from _saved(chunk, work.job, store)


def _placed(units: Sequence[Unit], work: Work, store: Store) -> tuple[list[tuple[Unit, Place]], list[Outcome]]:
    """Each unit with its canonical URLs, and the outcomes of those whose URLs lead nowhere, or where they may not."""
    placed, wrong = [], []
    mine = admitting.opened((url for unit in units for url in unit.urls), work.job, store)
    for unit in units:
        try:
            placed.append((unit, tuple(_canonical(url, work, mine) for url in unit.urls)))
        except GlossError as refused:
            wrong.append(_error(unit, refused, READING))
    return placed, wrong


def _canonical(url: str, work: Work, mine: set[str]) -> str:
    return admitting.demand_open(url, mine) if is_upload(url) else locate(url, work.default_location).url


def _sifted(
    placed: Sequence[tuple[Unit, Place]], known: Known, job: Job
) -> tuple[list[tuple[Unit, Place]], list[tuple[Unit, Item | None]]]:
    """New units, and those that the folder or the batch itself has already, if such are to be skipped."""
    new: list[tuple[Unit, Place]] = []
    doubled: list[tuple[Unit, Item | None]] = []
    seen: set[str] = set()
    for unit, urls in placed:
        own, item = fingerprint(unit.kind, urls), recognising.same_as(unit, urls, known)
        twice = job.skip_duplicate_urls and own in seen
        seen.add(own)
        if item is None and not twice:
            new.append((unit, urls))
        else:
            doubled.append((unit, item))
    return new, doubled


def _made_ready(unit: Unit, urls: Place, work: Work, step: Step, known: Known) -> Ready | Outcome:
    try:
        reused = recognising.reusable(unit, urls, known)
        places, found = step(unit, urls, work) if not reused else _reusing(unit, urls, work, reused)
        made = composed(unit, Source(places, reused, fingerprint(unit.kind, urls)), found, work.job, work.now)
        items = (*made.items[:-1], stow(made.visible, work.blobs))
    except GlossError as refused:
        return _error(unit, refused, _action(unit, refused))
    notes = recognising.registered(made.items, unit, urls)
    return Ready(_done(unit, made, found), items, tuple(notes))


def _reusing(unit: Unit, urls: Place, work: Work, reused: dict[str, Item]) -> tuple[Place, Probed]:
    return urls, probed(unit, urls, work.media, {url: item.facts for url, item in reused.items()})


def _probe(unit: Unit, urls: Place, work: Work) -> tuple[Place, Probed]:
    return urls, probed(unit, urls, work.media, {})


def _chunks(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    """Units that go into one commit: at most so many changes and bytes."""
    chunk: list[Ready] = []
    changes = size = 0
    for each in ready:
        more, weight = len(each.items) + len(each.notes), sum(len(item.model_dump_json()) for item in each.items)
        if chunk and (changes + more > CHUNK_CHANGES or size + weight > CHUNK_BYTES):
            yield chunk
            chunk, changes, size = [], 0, 0
        chunk.append(each)
        changes, size = changes + more, size + weight
    if chunk:
        yield chunk


def _saved(chunk: Sequence[Ready], job: Job, store: Store) -> Iterator[Outcome]:
    """Save together; if another try or another job was faster with one of them, one by one."""
    try:
        _commit(chunk, job, store)
        yield from (each.outcome for each in chunk)
    except Stale:
        yield from (_saved_alone(each, job, store) for each in chunk)


def _saved_alone(each: Ready, job: Job, store: Store) -> Outcome:
    try:
        _commit([each], job, store)
    except Stale:
        return _found_saved(each, job, store)
    return each.outcome


def _found_saved(each: Ready, job: Job, store: Store) -> Outcome:
    """An earlier try saved it, or another job registered the same URLs, or the folder's note of them holds no more."""
    if store.find(ITEMS, item_key(each.items[-1].id)) is not None:
        return each.outcome
    note, item = recognising.place_for(each.notes[0], store)
    if item is None:
        return _saved_alone(each._replace(notes=(note, *each.notes[1:])), job, store)
    return each.outcome.model_copy(update={"status": "skipped", "item_id": item.id, "name": item.title})


def _commit(chunk: Sequence[Ready], job: Job, store: Store) -> None:
    """Members of large groups first, since a retry finds them unchanged; the visible items and notes at last."""
    members: list[Change] = [Overwrite(ITEMS, item) for each in chunk for item in each.items[:-1]]
    files = {note.fingerprint: note for each in chunk for note in each.notes[1:]}
    first = [*members, *(Overwrite(REGISTERED, note) for note in files.values())]
    note = Save if job.skip_duplicate_urls else Overwrite
    last: list[Change] = [Save(ITEMS, each.items[-1]) for each in chunk]
    own = {each.notes[0].fingerprint: each.notes[0] for each in chunk}
    last += [note(REGISTERED, each) for each in own.values()]
    visible = [each.items[-1] for each in chunk]
    last.append(tallying.tally(job.folder_id, visible[0].id, came(visible)))
    for at in range(0, len(first), CHUNK_CHANGES):
        store.commit(first[at : at + CHUNK_CHANGES])
    store.commit(last)


def _skip(unit: Unit, item: Item | None, work: Work, store: Store) -> Outcome:
    ours = item is not None and item.id == item_id_of(work.job.id, unit.row)
    if item is not None and work.job.upsert_metadata and not ours:
        retelling.upsert(item, unit.client_metadata, work.blobs, store)
    return Outcome(
        **_where(unit),
        status="done" if ours else "skipped",
        item_id=item.id if item else None,
        name=item.title if item else unit.name,
        kind=unit.kind,
    )


def _done(unit: Unit, made: Composed, found: Probed) -> Outcome:
    return Outcome(
        **_where(unit),
        status="done",
        item_id=made.visible.id,
        name=made.visible.title,
        kind=unit.kind,
        warnings=made.warnings,
        bytes_read=found.bytes_read,
    )


def _error(unit: Unit, refused: GlossError, action: str) -> Outcome:
    return Outcome(**_where(unit), status="error", kind=unit.kind, error=refused.message, action=action)


def _action(unit: Unit, refused: GlossError) -> str:
    if unit.kind is not MediaKind.IMAGE_SEQUENCE and isinstance(refused, NotFound | Forbidden | Upstream):
        return READING
    return ACTIONS.get(unit.kind, PROBING)


def _fault(row: RowFault) -> Outcome:
    return Outcome(
        row=row.row,
        path=row.path,
        urls=row.urls,
        status="error",
        error=f"{row.path}: {row.reason}",
        action=VALIDATING,
    )


def _where(unit: Unit) -> dict[str, object]:
    return {"row": unit.row, "path": unit.path, "urls": unit.urls}
