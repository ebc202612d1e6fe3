"""Letting many tasks move together: reserve each, commit all by one write, then let them arrive.

A task that bears a convoy's id is written by nobody else while the convoy is open; once it is committed, whoever meets
the task lets it arrive first. A convoy that was abandoned, or not committed in time, holds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from gloss.domain.errors import Stale
from gloss.domain.events import ConvoyCommitted
from gloss.domain.loads import Load, loads
from gloss.domain.model import TaskId
from gloss.domain.workflow.convoy import KEPT, Arrival, Convoy, ConvoyStatus, Plan
from gloss.domain.workflow.task import Task
from gloss.kinds.benchmark import SCORES
from gloss.kinds.workflow import CONVOYS, LABEL_SAVES, REVIEW_SHEETS, STEPS, TASKS, convoy_key, task_key
from gloss.ports import Change, Ports, Save, Store

#: Tasks as their convoy writes them: whoever guards tasks knows its writes by that.
CONVOYED: Final = replace(TASKS)
PLACES: Final = 100
LOAD_BYTES: Final = 3_000_000
TRIES: Final = 20


def travel(convoy: Convoy, plan: Plan, ports: Ports) -> None:
    """Let the tasks move, all of them; raises Stale when one was changed by others first, and none has moved then.

    Under the same id (of a repeated request) what was begun is finished instead, as it was planned then.
    """
    ports.blobs.put(convoy.plan, plan.model_dump_json().encode(), "application/json")
    try:
        ports.store.commit([Save(CONVOYS, convoy)])
    except Stale:
        convoy = ports.store.get(CONVOYS, convoy_key(convoy.id))
        plan = _plan(convoy, ports)
    complete(convoy, plan, ports)


def resume(convoy_id: str, ports: Ports) -> None:
    """Finish what another try began; raises Stale when it came to nothing."""
    convoy = ports.store.get(CONVOYS, convoy_key(convoy_id))
    complete(convoy, _plan(convoy, ports), ports)


def complete(convoy: Convoy, plan: Plan, ports: Ports) -> None:
    """From wherever the convoy is to where all its tasks have arrived; raises Stale when it was abandoned."""
    if convoy.status is ConvoyStatus.OPEN:
        convoy = _committed(convoy, plan, ports.store)
    if convoy.status is ConvoyStatus.ABANDONED:
        raise Stale("Others changed one of the tasks first; nothing was done. Try again.")
    if convoy.status is ConvoyStatus.COMMITTED:
        _arrive(convoy, plan.arrivals, ports.store)
        _close(convoy, ports.store)


def finish(convoy_id: str, ports: Ports) -> None:
    """Let arrive what is still on its way, after whoever committed it may have broken off."""
    convoy = ports.store.find(CONVOYS, convoy_key(convoy_id))
    if convoy is not None and convoy.status is ConvoyStatus.COMMITTED:
        _arrive_rest(convoy, _plan(convoy, ports).arrivals, ports.store)
        _close(convoy, ports.store)


def freed(task: Task, ports: Ports) -> Task:
    """The task when no convoy holds it any more; while it bears the id of one that is open, it can only be read."""
    while task.convoy is not None:
        convoy = standing(task.convoy, ports)
        if convoy is None or convoy.status is ConvoyStatus.ABANDONED:
            return _loose(task)
        if convoy.status is ConvoyStatus.OPEN:
            return task
        if convoy.status is ConvoyStatus.COMMITTED:
            mine = [it for it in _plan(convoy, ports).arrivals if it.task.id == task.id]
            _arrive_rest(convoy, mine, ports.store)
        task = ports.store.get(TASKS, task_key(task.id))
    return task


def all_freed(tasks: Sequence[Task], ports: Ports) -> list[Task]:
    """The same for many at once; of a convoy that is committed, all tasks arrive."""
    stand = {id_: standing(id_, ports) for id_ in {task.convoy for task in tasks if task.convoy is not None}}
    moving = [it.id for it in stand.values() if it and it.status in {ConvoyStatus.COMMITTED, ConvoyStatus.DONE}]
    if moving:
        for convoy_id in moving:
            finish(convoy_id, ports)
        return all_freed(ports.store.get_many(TASKS, [task_key(task.id) for task in tasks]), ports)
    return [task if _is_open(stand.get(task.convoy or "")) else _loose(task) for task in tasks]


def _is_open(convoy: Convoy | None) -> bool:
    return convoy is not None and convoy.status is ConvoyStatus.OPEN


def _loose(task: Task) -> Task:
    return task if task.convoy is None else task.model_copy(update={"convoy": None})


def standing(convoy_id: str, ports: Ports) -> Convoy | None:
    """A convoy as it stands; one that has lapsed is abandoned on the spot."""
    convoy = ports.store.find(CONVOYS, convoy_key(convoy_id))
    return _abandoned(convoy, ports.store) if convoy is not None and convoy.has_lapsed(ports.clock.now()) else convoy


def _committed(convoy: Convoy, plan: Plan, store: Store) -> Convoy:
    """Reserve all and commit; or, when one cannot be had, abandon. Whoever was first decides."""
    for some in loads(plan.arrivals, _weight, Load(PLACES, LOAD_BYTES)):
        if not _reserve(some, store):
            return _abandoned(convoy, store)
    committed = convoy.changed(status=ConvoyStatus.COMMITTED, expires=None)
    return _settled(committed, store, [_told(convoy)])


def _reserve(some: Sequence[Arrival], store: Store) -> bool:
    """Put the convoy's id on tasks that are as they were planned from; those that bear it already are left."""
    waiting = list(some)
    for _ in range(TRIES):
        try:
            store.commit([Save(CONVOYED, it.reserved) for it in waiting])
        except Stale:
            present = _present(some, store)
            waiting = [it for it in some if present[it.task.id].convoy != it.reserved.convoy]
            if any(present[it.task.id].version != it.reserved.version - 1 for it in waiting):
                return False
        else:
            return True
    return False


def _present(some: Sequence[Arrival], store: Store) -> dict[TaskId, Task]:
    return {task.id: task for task in store.get_many(TASKS, [task_key(it.task.id) for it in some])}


def _abandoned(convoy: Convoy, store: Store) -> Convoy:
    return _settled(convoy.changed(status=ConvoyStatus.ABANDONED), store, [])


def _settled(decided: Convoy, store: Store, events: Sequence[ConvoyCommitted]) -> Convoy:
    """The convoy as it was decided, by us or by who was faster."""
    try:
        store.commit([Save(CONVOYS, decided)], events)
    except Stale:
        return store.get(CONVOYS, convoy_key(decided.id))
    return decided


def _arrive(convoy: Convoy, arrivals: Iterable[Arrival], store: Store) -> None:
    """Let tasks arrive of which most are still on their way."""
    for some in _in_loads(arrivals):
        try:
            _land(some, store)
        except Stale:
            _arrive_rest(convoy, some, store)


def _arrive_rest(convoy: Convoy, arrivals: Sequence[Arrival], store: Store) -> None:
    """Let those arrive that have not yet, from the last to the first, since another may come from the other side."""
    for some in reversed(list(_in_loads(arrivals))):
        _land_waiting(convoy, some, store)


def _land_waiting(convoy: Convoy, some: Sequence[Arrival], store: Store) -> None:
    """Each lost try means that another let one arrive."""
    for _ in range(TRIES):
        present = _present(some, store)
        waiting = [it for it in some if present[it.task.id].convoy == convoy.id]
        try:
            return _land(waiting, store)
        except Stale:
            continue
    raise Stale("The tasks are still on their way; try again.")


def _land(some: Sequence[Arrival], store: Store) -> None:
    changes: list[Change] = [change for it in some for change in _changes(it)]
    store.commit(changes, [event for it in some for event in it.events])


def _changes(arrival: Arrival) -> list[Change]:
    sheets = [Save(REVIEW_SHEETS, sheet) for sheet in arrival.sheets]
    saves = [Save(LABEL_SAVES, save) for save in arrival.saves]
    scores = [Save(SCORES, score) for score in arrival.scores]
    return [Save(CONVOYED, arrival.task), *(Save(STEPS, step) for step in arrival.steps), *sheets, *saves, *scores]


def _in_loads(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """All in order, as many at once as one transaction takes."""
    load: list[Arrival] = []
    places = size = 0
    for each in arrivals:
        weight = _weight(each)
        if load and (places + each.size > PLACES or size + weight > LOAD_BYTES):
            yield load
            load, places, size = [], 0, 0
        load.append(each)
        places, size = places + each.size, size + weight
    if load:
        yield load


def _weight(arrival: Arrival) -> int:
    return len(arrival.model_dump_json())


def _close(convoy: Convoy, store: Store) -> None:
    done = convoy.changed(status=ConvoyStatus.DONE, expires=int((convoy.opened_at + KEPT).timestamp()))
    _settled(done, store, [])


def _plan(convoy: Convoy, ports: Ports) -> Plan:
    return Plan.model_validate_json(ports.blobs.get(convoy.plan))


def _told(convoy: Convoy) -> ConvoyCommitted:
    return ConvoyCommitted(
        id=convoy.id,
        at=convoy.opened_at,
        actor=convoy.opened_by,
        org_id=convoy.org_id,
        project_id=convoy.project_id,
        convoy_id=convoy.id,
        tasks=convoy.tasks,
    )
