"""Summing the time at work by person, or by person and data unit, page by page: a page ends between two sums."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, Literal

from gloss.domain.access import Role
from gloss.domain.attendance import WorkTime
from gloss.domain.errors import Invalid
from gloss.domain.model import TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow.task import Task
from gloss.kinds.attendance import WORK_TIMES, by_unit, people_of
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Page, Query, Store
from gloss.services import timekeeping
from gloss.services.queueing import Turn, beyond_of, written_token
from gloss.services.timekeeping import AT_ONCE, FEW, LOOKED_AT, TimeFilter

GroupBy = Literal["data_unit", "project"]
Sums = Iterator[tuple[str, Iterable[WorkTime]]]
#: Of one sum at most so many records are read: some three months of somebody who works at 200 tasks a day.
MOST_OF_ONE: Final = 20_000
#: A sum counts as so many records at least, since it may take requests of its own.
LEAST_OF_ONE: Final = 20


class Timer(Value):
    """How long somebody worked at one data unit of a project, or (task and title None) at all; in the role of last."""

    user_id: UserId
    role: Role
    task_id: TaskId | None = None
    data_title: str | None
    milliseconds: int


def timers(project: Project, wanted: TimeFilter, by: GroupBy, turn: Turn, store: Store) -> Page[Timer]:
    """A page of sums in the order of people; raises Malformed for a foreign token, Invalid for too much of one."""
    entries: list[Timer] = []
    looked_at, last, after = 0, "", beyond_of(turn.token)
    sums = _of_people(project, wanted, after, store) if by == "project" else _of_units(project, wanted, after, store)
    for name, times in sums:
        if looked_at >= LOOKED_AT or len(entries) >= turn.limit:
            return Page(tuple(entries), written_token(last))
        read = whole(times)
        looked_at, last = looked_at + max(len(read), LEAST_OF_ONE), name
        entries += _timer(read, wanted, by)
    return Page(tuple(entries))


def whole(times: Iterable[WorkTime]) -> list[WorkTime]:
    """The records of one sum; raises Invalid when there are too many for one request."""
    read = list(islice(times, MOST_OF_ONE + 1))
    if len(read) > MOST_OF_ONE:
        raise Invalid(f"Somebody worked at more than {MOST_OF_ONE} tasks in this span; ask for less time at once.")
    return read


def _timer(read: list[WorkTime], wanted: TimeFilter, by: GroupBy) -> list[Timer]:
    worth = sum(time.within(wanted.after, wanted.before) for time in read if wanted.keeps(time))
    if worth == 0:
        return []
    last = max(read, key=lambda time: time.day)
    unit = {"task_id": last.place.task_id, "data_title": last.place.data_title} if by == "data_unit" else {}
    plain = {"user_id": last.user_id, "role": last.place.role, "data_title": None, "milliseconds": worth}
    return [Timer.model_validate(plain | unit)]


def labelled(timers: Sequence[Timer], store: Store) -> dict[TaskId, Task]:
    """The tasks of these sums, which tell how many labels each has by now."""
    wanted = sorted({timer.task_id for timer in timers if timer.task_id is not None})
    return {task.id: task for task in store.get_many(TASKS, [task_key(task_id) for task_id in wanted])}


def _of_people(project: Project, wanted: TimeFilter, after: str | None, store: Store) -> Sums:
    for user_id in _people(project, wanted, None if after is None else f"{after}$", store):
        own = wanted.model_copy(update={"users": frozenset({user_id})})
        yield user_id, timekeeping.every(project, own, store)


def _of_units(project: Project, wanted: TimeFilter, after: str | None, store: Store) -> Sums:
    """`$` is what comes next after `#`, so that a name and `$` are beyond all that begins with that name and `#`."""
    for user_id in _people(project, wanted, None if after is None else after.partition("#")[0], store):
        begun = f"{after}$" if after is not None and after.startswith(f"{user_id}#") else None
        query = Query(index="by_state", prefix=f"{user_id}#", limit=AT_ONCE, beyond=begun)
        yield from groupby(store.every(WORK_TIMES, people_of(project.id), query), key=by_unit)


def _people(project: Project, wanted: TimeFilter, beyond: str | None, store: Store) -> Iterator[UserId]:
    """Who is asked for, or everybody who has time here, in order."""
    if wanted.users is not None and len(wanted.users) <= FEW:
        return (user_id for user_id in sorted(wanted.users) if user_id >= (beyond or ""))
    return _everybody(people_of(project.id), beyond, store)


def _everybody(partition: str, beyond: str | None, store: Store) -> Iterator[UserId]:
    """Each person once: from one, on to what comes after all that is theirs."""
    found = _next(partition, beyond, store)
    while found is not None:
        yield found.user_id
        found = _next(partition, f"{found.user_id}$", store)


def _next(partition: str, beyond: str | None, store: Store) -> WorkTime | None:
    page = store.page(WORK_TIMES, partition, Query(index="by_state", limit=1, beyond=beyond or " "))
    return next(iter(page.entries), None)
