"""Acting on many tasks of one stage together: all of them move, or none does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from gloss.domain.access import Caller
from gloss.domain.benchmark import Score
from gloss.domain.errors import Conflict, IllegalAction, NotFound, Repeated, Stale
from gloss.domain.model import StageId, TaskId, Value
from gloss.domain.project import Project
from gloss.domain.workflow.actions import Requested
from gloss.domain.workflow.convoy import KEPT, LEASE, Arrival, Convoy, Plan, reserved
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Step, Task, whole_of
from gloss.kinds.workflow import REVIEW_SHEETS, STEPS, TASKS, of_task, review_sheet_key, task_key
from gloss.ports import Key, Ports, Query, Save, Store
from gloss.services import benchmarking, convoying
from gloss.services.advancing import JUDGING, act_once
from gloss.services.drafting import Draft, Drafted
from gloss.services.keeping import sheets_of
from gloss.services.making import Following
from gloss.services.situating import TRIES, meeting

ONE_COMMIT: Final = 100
ONE_COMMIT_BYTES: Final = 3_000_000
REMEMBERED_STEPS: Final = 100


class Wanted(Value):
    """One action on one task."""

    task_id: TaskId
    action: Requested


@dataclass(frozen=True)
class Together:
    """What is to happen to which tasks of a stage, who wants it, and the id that is the same when it is asked again."""

    project: Project
    stage: StageId
    wanted: tuple[Wanted, ...]
    caller: Caller
    seed: str

    @property
    def tasks(self) -> tuple[TaskId, ...]:
        """The tasks that are meant, by their subtasks too, each once."""
        return tuple(dict.fromkeys(whole_of(each.task_id)[0] for each in self.wanted))

    @property
    def convoys(self) -> tuple[str, ...]:
        """The ids of the convoys that may be tried, one after the other."""
        return tuple(str(uuid5(UUID(self.seed), f"convoy {attempt}")) for attempt in range(TRIES))

    def opened(self, convoy_id: str, ports: Ports) -> Convoy:
        """A new convoy for these tasks; its plan lies apart from that of a second try at the same time."""
        now = ports.clock.now()
        return Convoy(
            id=convoy_id,
            org_id=self.project.org_id,
            project_id=self.project.id,
            opened_by=self.caller.user_id,
            plan=f"convoys/{convoy_id}/{uuid4()}.json",
            tasks=len(self.tasks),
            opened_at=now,
            lease_until=now + LEASE,
            expires=int((now + KEPT).timestamp()),
        )

    def ids_of(self, task_id: TaskId) -> Following:
        """The ids of what is told of a task; the first is that of its history entry."""
        return Following(str(uuid5(UUID(self.seed), task_id)))


def act(project: Project, stage: StageId, wanted: Sequence[Wanted], caller: Caller, ports: Ports) -> None:
    """Do each action, or none of them; raises IllegalAction when one cannot be done, and has changed nothing then.

    What fits into one transaction is one; more goes as a convoy. The same request again (its ids are seeded) finds what
    it did before: by its convoys, or by the history of its tasks.
    """
    _demand_each_once(wanted)
    together = Together(project, stage, tuple(wanted), caller, ports.ids.new())
    for attempt in range(TRIES - 1):
        try:
            return _attempt(together, attempt, ports)
        except Stale:
            continue
    return _attempt(together, TRIES - 1, ports)


def _attempt(together: Together, attempt: int, ports: Ports) -> None:
    tasks = _free(together, ports)
    try:
        drafted = _decided(together, tasks, ports)
        _carry_out(together, together.convoys[attempt], tasks, drafted, ports)
    except Repeated:
        return
    except IllegalAction:
        if not _was_done(together, ports.store):
            raise


def _free(together: Together, ports: Ports) -> list[Task]:
    """The tasks, after what our own earlier try began is finished; raises Stale while another's convoy has them."""
    keys = [task_key(task_id) for task_id in together.tasks]
    tasks = convoying.all_freed(ports.store.get_many(TASKS, keys), ports)
    for convoy_id in {task.convoy for task in tasks if task.convoy is not None}:
        if convoy_id not in together.convoys:
            raise Stale("Some of the tasks are being moved with others just now; try again.")
        convoying.resume(convoy_id, ports)
        return _free(together, ports)
    return tasks


def _carry_out(
    together: Together, convoy_id: str, tasks: Sequence[Task], drafted: Sequence[Drafted], ports: Ports
) -> None:
    if _fit(drafted):
        changes, events = [it.changes for it in drafted], [it.events for it in drafted]
        ports.store.commit(list(chain(*changes)), list(chain(*events)))
    else:
        before = {task.id: task for task in tasks}
        arrivals = tuple(_arrival(before, each, convoy_id) for each in drafted)
        convoying.travel(together.opened(convoy_id, ports), Plan(arrivals=arrivals), ports)


def _fit(drafted: Sequence[Drafted]) -> bool:
    size = sum(len(change.kind.text(change.model)) for each in drafted for change in each.changes)
    return sum(each.size for each in drafted) <= ONE_COMMIT and size <= ONE_COMMIT_BYTES


def _arrival(before: Mapping[TaskId, Task], drafted: Drafted, convoy_id: str) -> Arrival:
    models = [change.model for change in drafted.changes]
    (task,) = (it for it in models if isinstance(it, Task))
    return Arrival(
        reserved=reserved(before[task.id], convoy_id),
        task=task.model_copy(update={"version": task.version + 1}),
        steps=tuple(it for it in models if isinstance(it, Step)),
        sheets=tuple(it for it in models if isinstance(it, ReviewSheet)),
        saves=tuple(it for it in models if isinstance(it, LabelSave)),
        scores=tuple(it for it in models if isinstance(it, Score)),
        events=drafted.events,
    )


def _decided(together: Together, tasks: Sequence[Task], ports: Ports) -> list[Drafted]:
    draft = _draft(together, tasks, ports.store)
    for each in together.wanted:
        own = replace(ports, store=draft, ids=together.ids_of(each.task_id))
        _decide(together, each, own)
    stored = {task.id: task for task in tasks}
    return list(_merged(zip(together.wanted, draft.drafted, strict=True), stored))


def _merged(decided: Iterable[tuple[Wanted, Drafted]], stored: Mapping[TaskId, Task]) -> Iterator[Drafted]:
    """One draft for each task: what was decided on several of its subtasks is its one next version."""
    by_task: dict[TaskId, list[Drafted]] = {}
    for wanted, drafted in decided:
        by_task.setdefault(whole_of(wanted.task_id)[0], []).append(drafted)
    for task_id, drafts in by_task.items():
        changes = [change for each in drafts for change in each.changes]
        last: Any = [change.model for change in changes if change.kind is TASKS][-1]
        task = last.model_copy(update={"version": stored[task_id].version + 1})
        rest = [change for change in changes if change.kind is not TASKS]
        yield Drafted((Save(TASKS, task), *rest), tuple(event for each in drafts for event in each.events))


def _decide(together: Together, wanted: Wanted, ports: Ports) -> None:
    """Raises IllegalAction for all that lies with the task: it is not here, not in this stage, or held by another."""
    try:
        met = meeting(together.project, wanted.task_id, together.caller, ports)
        if met.task.stage != together.stage:
            raise IllegalAction(f"Task {wanted.task_id} is not, or no more, in this stage.")
        act_once(met, wanted.action, ports)
    except NotFound as missing:
        raise IllegalAction(f"There is no task {wanted.task_id} here, or you may not see it.") from missing
    except Conflict as refused:
        raise IllegalAction(f"Task {wanted.task_id}: {refused.message}") from refused


def _draft(together: Together, tasks: Sequence[Task], store: Store) -> Draft:
    """The tasks with their label reviews and the ground truth that they are scored against, read at once."""
    known: dict[Key, Value] = {task_key(task.id): task for task in tasks}
    judged = {each.task_id for each in together.wanted if each.action.kind in JUDGING}
    sheets = sheets_of_many([task for task in tasks if task.id in judged], store)
    draft = Draft(store, known, {(REVIEW_SHEETS.name, of_task(id_)): found for id_, found in sheets.items()})
    if any(each.action.kind == "submit" for each in together.wanted):
        benchmarking.truths([task.data_id for task in tasks], together.project, draft)
    return draft


def sheets_of_many(tasks: Sequence[Task], store: Store) -> Mapping[TaskId, list[ReviewSheet]]:
    """The review sheets of each task, the first of all of them, then the second and so on: they have no gaps."""
    if len(tasks) == 1:
        return {tasks[0].id: sheets_of(tasks[0].id, store) if tasks[0].row_version else []}
    found: dict[TaskId, list[ReviewSheet]] = {task.id: [] for task in tasks}
    waiting, number = [task.id for task in tasks if task.row_version], 0
    while waiting:
        sheets = store.get_many(REVIEW_SHEETS, [review_sheet_key(task_id, number) for task_id in waiting])
        for sheet in sheets:
            found[sheet.task_id].append(sheet)
        waiting, number = [sheet.task_id for sheet in sheets], number + 1
    return found


def _was_done(together: Together, store: Store) -> bool:
    """Whether this very request was carried out before: the history of any of its tasks says so."""
    task_id = together.wanted[0].task_id
    latest = Query(prefix="STEP#", descending=True, limit=REMEMBERED_STEPS)
    expected = together.ids_of(task_id).new()
    return any(step.id == expected for step in store.page(STEPS, of_task(whole_of(task_id)[0]), latest).entries)


def _demand_each_once(wanted: Sequence[Wanted]) -> None:
    seen: set[TaskId] = set()
    for each in wanted:
        if each.task_id in seen:
            raise IllegalAction(f"Task {each.task_id} is named twice.")
        seen.add(each.task_id)
