"""Time at work: what the signals of somebody's editors are worth, so that no moment of theirs counts twice.

Milliseconds by the server's clock. A signal credits the time since the one before it of the same session, at most the
idle limit, less what another session was given already; the time goes to the place of the earlier signal.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.access import Role
from gloss.domain.model import DataId, DatasetId, ProjectId, StageId, TaskId, UserId, Value, Versioned

#: After so long without a signal nobody is taken to be at work (features 7.3).
IDLE_MS: Final = 300_000
HOUR_MS: Final = 3_600_000
#: A session that was silent for so long begins anew.
FORGOTTEN_MS: Final = 24 * HOUR_MS
KEPT_S: Final = 2 * 86_400
_SAVING: Final = UUID("0c7f6a0e-8a53-5d0f-9f57-6a1d2f1f5b11")

SessionId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]
Span = tuple[int, int]
"""From a millisecond since 1970 up to another, which is not part of it."""


class Signal(Value):
    """What an editor says while somebody works; `seq` grows with each signal of a session, `away`: they stop here."""

    session_id: SessionId
    seq: Count
    away: bool = False


class Place(Value):
    """At what somebody works, and in which role."""

    project_id: ProjectId
    task_id: TaskId
    stage: StageId
    data_id: DataId
    dataset_id: DatasetId
    data_title: str
    role: Role


class Session(Versioned):
    """The last signal of one of somebody's sessions."""

    user_id: UserId
    id: SessionId
    seq: Count
    at_ms: int
    away: bool
    place: Place
    expires: int


class Attendance(Versioned):
    """When somebody was at work during the last day, whatever at: the union of what their sessions were given."""

    user_id: UserId
    spans: tuple[Span, ...] = ()


class WorkTime(Versioned):
    """Somebody's time at one task in one stage on one UTC day, in milliseconds by the hour (0-23)."""

    user_id: UserId
    day: date
    place: Place
    hours_ms: dict[int, int] = Field(default_factory=dict)

    def within(self, after: datetime, before: datetime) -> int:
        """The milliseconds in those hours that the span from `after` up to `before` touches."""
        return sum(worth for hour, worth in self.hours_ms.items() if _touches(hour_at(self.day, hour), after, before))


def saving_session(user_id: UserId, task_id: TaskId) -> str:
    """The session that somebody's saves of one task's labels make up, whatever they say of it."""
    return str(uuid5(_SAVING, f"{user_id}/{task_id}"))


def is_new(session: Session | None, signal: Signal) -> bool:
    """Whether the signal was not counted yet; one that was overtaken never is."""
    return session is None or signal.seq > session.seq


def worked(session: Session | None, now_ms: int) -> Span | None:
    """The time since the session's last signal, at most the idle limit; None when it begins, or when they were away."""
    if session is None or session.away or now_ms - session.at_ms > FORGOTTEN_MS or now_ms <= session.at_ms:
        return None
    return session.at_ms, min(now_ms, session.at_ms + IDLE_MS)


def uncovered(span: Span, spans: Iterable[Span]) -> Iterator[Span]:
    """The parts of a span that lie in none of the others, which are in order and apart."""
    start, end = span
    inside = [(max(first, start), min(last, end)) for first, last in spans if first < end and last > start]
    for (_, before), (after, _) in pairwise([(start, start), *inside, (end, end)]):
        if before < after:
            yield before, after


def united(spans: Iterable[Span], span: Span, since_ms: int) -> tuple[Span, ...]:
    """The union of spans and one more, in order and apart, without those that end before a moment."""
    found: list[Span] = []
    for start, end in sorted([*(each for each in spans if each[1] > since_ms), span]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def by_day(spans: Iterable[Span]) -> dict[date, dict[int, int]]:
    """The milliseconds of spans by UTC day and hour."""
    days: dict[date, dict[int, int]] = {}
    for start, end in (piece for span in spans for piece in _hourly(span)):
        moment = moment_of(start)
        hours = days.setdefault(moment.date(), {})
        hours[moment.hour] = hours.get(moment.hour, 0) + end - start
    return days


def hour_at(day: date, hour: int) -> datetime:
    """When an hour of a UTC day begins."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def moment_of(milliseconds: int) -> datetime:
    """The moment so many milliseconds after 1970 began, UTC."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


def milliseconds_of(moment: datetime) -> int:
    """Whole milliseconds since 1970 began."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def _hourly(span: Span) -> Iterator[Span]:
    start, end = span
    while start < end:
        stop = min(end, (start // HOUR_MS + 1) * HOUR_MS)
        yield start, stop
        start = stop


def _touches(hour: datetime, after: datetime, before: datetime) -> bool:
    return hour < before and (after - hour).total_seconds() * 1000 < HOUR_MS
