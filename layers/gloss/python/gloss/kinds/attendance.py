"""Records of time at work: sessions, who was there when, and the time at each task."""

from gloss.domain.attendance import Attendance, Session, WorkTime
from gloss.domain.model import ProjectId, UserId
from gloss.domain.workflow import deeds
from gloss.ports import Key, Kind

#: The last signal of one of somebody's sessions; leaves by itself after two days.
SESSIONS = Kind("session", Session, lambda it: session_key(it.user_id, it.id))

#: When somebody was at work during the last day.
ATTENDANCES = Kind("attendance", Attendance, lambda it: attendance_key(it.user_id))

#: Somebody's time in a project by day; a project's by month over four shards (by_parent); by person and task
#: (by_state).
WORK_TIMES = Kind(
    "time at work",
    WorkTime,
    lambda it: Key(times_of(it.place.project_id, it.user_id), by_day(it)),
    {
        "by_parent": lambda it: Key(month_of(it.place.project_id, f"{it.day:%Y-%m}", _shard_of(it)), by_day(it)),
        "by_state": lambda it: Key(people_of(it.place.project_id), by_person(it)),
    },
)


def session_key(user_id: UserId, session_id: str) -> Key:
    """Where a session's last signal lies."""
    return Key(f"ATTENDANCE#{user_id}", f"SESSION#{session_id}")


def attendance_key(user_id: UserId) -> Key:
    """Where it says when somebody was at work."""
    return Key(f"ATTENDANCE#{user_id}")


def times_of(project_id: ProjectId, user_id: UserId) -> str:
    """The partition of somebody's time in a project."""
    return f"PROJECT#{project_id}#TIME#{user_id}"


def month_of(project_id: ProjectId, month: str, shard: int) -> str:
    """A quarter of a month's time in a project; `month` is `2026-11`."""
    return f"PROJECT#{project_id}#TIMES#{month}#{shard}"


def people_of(project_id: ProjectId) -> str:
    """The partition of a project's people with their time: a thousand signals a second, so 15 000 people at once."""
    return f"PROJECT#{project_id}#TIMERS"


def by_day(time: WorkTime) -> str:
    """The time's place in the order of days."""
    return f"{time.day}#{time.user_id}#{time.place.task_id}#{time.place.stage}"


def by_person(time: WorkTime) -> str:
    """The time's place in the order of people and their tasks."""
    return f"{by_unit(time)}#{time.day}#{time.place.stage}"


def by_unit(time: WorkTime) -> str:
    """The person and the task, whose times lie together."""
    return f"{time.user_id}#{time.place.task_id}"


def _shard_of(time: WorkTime) -> int:
    return deeds.shard_of(time.place.task_id)
