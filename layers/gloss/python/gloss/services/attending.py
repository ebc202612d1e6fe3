"""Attending to somebody's work: a signal of their editor becomes time at a task, once and in one commit."""

from contextlib import suppress

from gloss.domain import attendance
from gloss.domain.access import Caller
from gloss.domain.attendance import Attendance, Place, Session, SessionId, Signal, Span, WorkTime
from gloss.domain.errors import GlossError
from gloss.domain.model import UserId, Value
from gloss.domain.workflow import consensus
from gloss.domain.workflow.graph import MANUAL
from gloss.domain.workflow.label_rows import row_id_of
from gloss.domain.workflow.task import Task, whole_of
from gloss.kinds.attendance import ATTENDANCES, SESSIONS, WORK_TIMES, attendance_key, session_key
from gloss.kinds.workflow import BRANCH_ROWS, branch_row_key
from gloss.ports import Change, Ports, Save, Store
from gloss.services.situating import TaskPath, demand_open, persistently, project_of, situation


class Counted(Value):
    """The last signal of a session that counts, and the seconds that this one was given."""

    session_id: SessionId
    seq: int
    credited_s: float


def signal(path: TaskPath, said: Signal, caller: Caller, ports: Ports) -> Counted:
    """Count a signal of somebody's editor; one that comes again, or too late, counts nothing."""
    met = situation(path, caller, ports)
    demand_open(met.project, met.worker)
    return persistently(lambda: _count(_place(met.task, caller), said, caller.user_id, ports))


def after_save(task: Task, caller: Caller, ports: Ports) -> None:
    """Take a save of labels in an editor for a signal; the save itself is done, so what fails here is let go."""
    with suppress(GlossError):
        stage = project_of(task.project_id, ports.store).workflow.stage(task.stage)
        if stage.kind in MANUAL:
            session_id = attendance.saving_session(caller.user_id, task.id)
            said = Signal(session_id=session_id, seq=_saves(task, ports.store))
            _count(_place(task, caller), said, caller.user_id, ports)


def _saves(task: Task, store: Store) -> int:
    """How often the labels of a task, or of a subtask on its branch, were saved."""
    whole, subtask_id = whole_of(task.id)
    if subtask_id is None:
        return task.row_version
    branch = consensus.subtask(task, subtask_id).branch
    return store.get(BRANCH_ROWS, branch_row_key(row_id_of(whole, branch))).row_version


def _place(task: Task, caller: Caller) -> Place:
    assert caller.role is not None, "the route asks for a role on the project"
    at = task.model_dump(include={"project_id", "stage", "data_id", "dataset_id"})
    return Place(task_id=whole_of(task.id)[0], data_title=task.title, role=caller.role, **at)


def _count(place: Place, said: Signal, user_id: UserId, ports: Ports) -> Counted:
    session: Session | None
    there: Attendance | None
    asked = (SESSIONS, session_key(user_id, said.session_id)), (ATTENDANCES, attendance_key(user_id))
    session, there = ports.store.find_each(*asked)
    if session is not None and not attendance.is_new(session, said):
        return Counted(session_id=session.id, seq=session.seq, credited_s=0)
    now_ms = attendance.milliseconds_of(ports.clock.now())
    span = attendance.worked(session, now_ms)
    parts = tuple(attendance.uncovered(span, there.spans if there else ())) if span else ()
    changes: list[Change] = [Save(SESSIONS, _after(session, said, place, user_id, now_ms))]
    if session is not None and span is not None and parts:
        changes += [Save(ATTENDANCES, _there(there, user_id, span, now_ms)), *_times(session, parts, ports.store)]
    ports.store.commit(changes)
    return Counted(session_id=said.session_id, seq=said.seq, credited_s=sum(end - start for start, end in parts) / 1000)


def _after(session: Session | None, said: Signal, place: Place, user_id: UserId, now_ms: int) -> Session:
    expires = now_ms // 1000 + attendance.KEPT_S
    fields = {"seq": said.seq, "away": said.away, "place": place, "expires": expires}
    if session is None:
        return Session.model_validate({"user_id": user_id, "id": said.session_id, "at_ms": now_ms, **fields})
    return session.changed(at_ms=max(now_ms, session.at_ms), **fields)


def _there(there: Attendance | None, user_id: UserId, span: Span, now_ms: int) -> Attendance:
    since_ms = now_ms - attendance.FORGOTTEN_MS
    if there is None:
        return Attendance(user_id=user_id, spans=(span,))
    return there.changed(spans=attendance.united(there.spans, span, since_ms))


def _times(session: Session, parts: tuple[Span, ...], store: Store) -> list[Change]:
    """The time goes to where the session was when it began."""
    days = attendance.by_day(parts)
    empty = {day: WorkTime(user_id=session.user_id, day=day, place=session.place) for day in days}
    keys = [WORK_TIMES.key(each) for each in empty.values()]
    known = {each.day: each for each in store.get_many(WORK_TIMES, keys)}
    return [Save(WORK_TIMES, _more(known.get(day), empty[day], days[day])) for day in days]


def _more(known: WorkTime | None, empty: WorkTime, hours_ms: dict[int, int]) -> WorkTime:
    if known is None:
        return empty.model_copy(update={"hours_ms": hours_ms})
    hours = {hour: known.hours_ms.get(hour, 0) + hours_ms.get(hour, 0) for hour in {*known.hours_ms, *hours_ms}}
    return known.changed(place=empty.place, hours_ms=dict(sorted(hours.items())))
