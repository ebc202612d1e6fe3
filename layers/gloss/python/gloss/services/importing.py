"""Staged imports as people see them: begin one, follow it, take it up again."""

from collections.abc import Mapping, Sequence

from gloss.domain.access import Caller
from gloss.domain.capabilities import Capability, Stage, opened
from gloss.domain.errors import Conflict, IllegalAction, NotFound
from gloss.domain.imports import Batch, Import, NewImport, StageProgress, Status, progress
from gloss.domain.model import ImportId, ProjectId, Timestamp, UserId, Value
from gloss.kinds.active import IMPORT_BATCHES, IMPORTS, import_batches_of, import_key, imports_of
from gloss.ports import Overwrite, Page, Ports, Query, Save, Store
from gloss.services import describing, making

MACHINE = "active_import"
_CHUNK = 100


class ImportView(Value):
    """An import with the progress of its stages and what it has opened so far."""

    id: ImportId
    project_id: ProjectId
    status: Status
    reason: str
    closed_stage: Stage
    through_stage: Stage
    video_sampling_rate: float | None
    capabilities: tuple[Capability, ...]
    stages: tuple[StageProgress, ...]
    seconds_left: float | None
    requested_by: UserId
    began_at: Timestamp
    ended_at: Timestamp | None

    @classmethod
    def of(cls, it: Import, stages: Sequence[StageProgress]) -> "ImportView":
        return cls(
            closed_stage=it.closed,
            through_stage=it.through,
            video_sampling_rate=it.sampling_rate,
            capabilities=opened(it.closed),
            stages=tuple(stages),
            seconds_left=next((stage.seconds_left for stage in stages if stage.seconds_left is not None), None),
            **it.model_dump(include={"id", "project_id", "status", "reason", "requested_by", "began_at", "ended_at"}),
        )


def begin(project_id: ProjectId, wanted: NewImport, caller: Caller, ports: Ports) -> ImportView:
    """Start an import of a project; raises Conflict while another of its imports runs."""
    now, import_id = ports.clock.now(), ImportId(ports.ids.new())
    _demand_idle(project_id, import_id, ports.store)
    begun = Import(
        id=import_id,
        project_id=project_id,
        org_id=caller.org_id,
        requested_by=caller.user_id,
        sampling_rate=wanted.rate,
        through=wanted.through_stage,
        tolerance=wanted.tolerated_failures,
        schema_version=describing.schema_of(caller.org_id, ports.store).version,
        began_at=now,
        stage_began_at=now,
    )
    return _run(making.once(IMPORTS, begun, ports.store), ports)


def repeat(project_id: ProjectId, caller: Caller, ports: Ports) -> ImportView:
    """Import a project again as it was imported last; raises IllegalAction when it never was."""
    latest = _latest(project_id, ports.store)
    if latest is None:
        raise IllegalAction("The project was never imported; import it first.")
    again = NewImport(
        video_sampling_rate=latest.sampling_rate, through_stage=latest.through, tolerated_failures=latest.tolerance
    )
    return begin(project_id, again, caller, ports)


def resume(project_id: ProjectId, import_id: ImportId, ports: Ports) -> ImportView:
    """Go on where an import stopped, trying again what failed in the open stage; raises Conflict when it is done."""
    stopped = found(project_id, import_id, ports.store)
    again = stopped.resume(ports.clock.now())
    ports.machines.stop(MACHINE, stopped.machine_run)
    if again.current in again.batches:
        _reopen(_batches(again, ports.store)[again.current], ports.store)
    ports.store.commit([Save(IMPORTS, again)])
    return _run(again, ports)


def read(project_id: ProjectId, import_id: ImportId, ports: Ports) -> ImportView:
    """An import as it stands now; raises NotFound."""
    return view(found(project_id, import_id, ports.store), ports)


def page(project_id: ProjectId, query: Query, ports: Ports) -> Page[Import]:
    """The imports of a project, the latest first."""
    latest = Query(index="by_parent", limit=query.limit, after=query.after, descending=True)
    return ports.store.page(IMPORTS, imports_of(project_id), latest)


def view(it: Import, ports: Ports) -> ImportView:
    """An import with the sums over its batches."""
    return ImportView.of(it, progress(it, _batches(it, ports.store), ports.clock.now()))


def found(project_id: ProjectId, import_id: ImportId, store: Store) -> Import:
    """The import of this project; raises NotFound."""
    it = store.get(IMPORTS, import_key(import_id))
    if it.project_id != project_id:
        raise NotFound("There is no import here, or you may not see it.")
    return it


def _run(it: Import, ports: Ports) -> ImportView:
    ports.machines.start(MACHINE, it.machine_run, {"project_id": it.project_id, "import_id": it.id})
    return view(it, ports)


def _demand_idle(project_id: ProjectId, import_id: ImportId, store: Store) -> None:
    latest = _latest(project_id, store)
    if latest is not None and latest.status is Status.RUNNING and latest.id != import_id:
        raise Conflict(f"Import {latest.id} of this project is running; wait for it or resume it.")


def _latest(project_id: ProjectId, store: Store) -> Import | None:
    query = Query(index="by_parent", limit=1, descending=True)
    return next(iter(store.page(IMPORTS, imports_of(project_id), query).entries), None)


def _reopen(batches: Sequence[Batch], store: Store) -> None:
    """Give the batches with failures back to the workers."""
    again = [
        Overwrite(IMPORT_BATCHES, Batch(import_id=it.import_id, stage=it.stage, number=it.number, planned=it.planned))
        for it in batches
        if it.failed
    ]
    for start in range(0, len(again), _CHUNK):
        store.commit(again[start : start + _CHUNK])


def _batches(it: Import, store: Store) -> Mapping[Stage, Sequence[Batch]]:
    return {
        stage: list(store.every(IMPORT_BATCHES, import_batches_of(it.id, stage)))[:count]
        for stage, count in it.batches.items()
    }
