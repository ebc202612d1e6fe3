"""Telling the time at work day by day, page by page; who manages a project sees everybody's."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator, Field

from gloss.domain.access import Caller
from gloss.domain.attendance import WorkTime, hour_at
from gloss.domain.model import DataId, DatasetId, Moment, StageId, Timestamp, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import deeds, queue
from gloss.kinds.attendance import WORK_TIMES, by_day, month_of, times_of
from gloss.ports import Page, Query, Store
from gloss.services.queueing import Turn, beyond_of, written_token

#: How many records one page looks at; when filters leave few of them, the page is short and its token goes on.
LOOKED_AT: Final = 2_000
AT_ONCE: Final = 250
#: So many people are read one by one; of more, the whole project's time is looked through.
FEW: Final = 20
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)

Utc = Annotated[Timestamp, AfterValidator(lambda moment: moment.astimezone(UTC))]


class TimeFilter(Value):
    """Which time is wanted: in the hours that `after` up to `before` touches; of the rest None means whichever.

    `title` is a part of the data unit's, whatever its case.
    """

    after: Utc
    before: Utc
    stages: frozenset[StageId] | None = None
    users: frozenset[UserId] | None = None
    datasets: frozenset[DatasetId] | None = None
    data_ids: frozenset[DataId] | None = None
    title: str = ""

    def keeps(self, time: WorkTime) -> bool:
        """Whether time of the span is wanted."""
        place = time.place
        chosen = ((self.stages, place.stage), (self.users, time.user_id))
        named = ((self.datasets, place.dataset_id), (self.data_ids, place.data_id))
        titled = self.title.casefold() in place.data_title.casefold()
        return titled and all(some is None or value in some for some, value in (*chosen, *named))

    def only(self, caller: Caller) -> "TimeFilter":
        """What of it the caller may see: who does not manage the project, their own."""
        if caller.manages:
            return self
        own = frozenset({caller.user_id})
        return self.model_copy(update={"users": own if self.users is None else own & self.users})


class TimeAsked(Value):
    """Which time is wanted, as it is asked for: a span without an end reaches up to now."""

    after: Moment
    before: Moment | None = None
    stage: StageId | None = None
    user_id: UserId | None = None
    dataset_id: DatasetId | None = None
    data_id: DataId | None = None
    title: Annotated[str, Field(max_length=256)] = ""

    def within(self, caller: Caller, now: datetime) -> TimeFilter:
        """As much of it as the caller may see, and as can be there by now."""
        chosen = {"stages": self.stage, "users": self.user_id, "datasets": self.dataset_id, "data_ids": self.data_id}
        some = {name: frozenset({value}) for name, value in chosen.items() if value is not None}
        span = {"after": self.after, "before": min(self.before or now + DAY, now + DAY)}
        return TimeFilter.model_validate({**span, **some, "title": self.title}).only(caller)


class Period(Value):
    """Time at one task in one stage on one day, as much of it as was asked for; `start` and `end` are whole hours."""

    time: WorkTime
    start: datetime
    end: datetime
    milliseconds: int


def periods(project: Project, wanted: TimeFilter, turn: Turn, store: Store) -> Page[Period]:
    """A page of the time at work in a project, in the order of days; raises Malformed for a token of another list."""
    entries: list[Period] = []
    looked_at, last = 0, ""
    for time in _between(project, wanted, beyond_of(turn.token), store):
        if looked_at == LOOKED_AT or len(entries) == turn.limit:
            return Page(tuple(entries), written_token(last))
        looked_at, last = looked_at + 1, by_day(time)
        entries += _period(time, wanted)
    return Page(tuple(entries))


def every(project: Project, wanted: TimeFilter, store: Store) -> Iterator[WorkTime]:
    """All records of the span's days, the earliest first; hours and filters are still to be looked at."""
    return _between(project, wanted, None, store)


def _period(time: WorkTime, wanted: TimeFilter) -> list[Period]:
    worth = time.within(wanted.after, wanted.before) if wanted.keeps(time) else 0
    start, end = max(hour_at(time.day, 0), _hour(wanted.after)), min(hour_at(time.day, 0) + DAY, _ending(wanted.before))
    return [Period(time=time, start=start, end=end, milliseconds=worth)] if worth else []


def _between(project: Project, wanted: TimeFilter, beyond: str | None, store: Store) -> Iterator[WorkTime]:
    """What is of a day sorts after the bare day, so that the first day is whole."""
    after = max(wanted.after, _hour(project.created_at.astimezone(UTC)))
    first = max(beyond or "", f"{after:%Y-%m-%d}")
    for place in _places(project, wanted, after, first):
        query = Query(index=place.by, limit=AT_ONCE, beyond=first)
        for time in heapq.merge(*(store.every(WORK_TIMES, each, query) for each in place.partitions), key=by_day):
            if time.day > wanted.before.date():
                return
            yield time


class _Place(NamedTuple):
    by: str | None
    partitions: Sequence[str]


def _places(project: Project, wanted: TimeFilter, after: datetime, first: str) -> Iterator[_Place]:
    """Where the wanted time lies: with each of a few people, or month by month."""
    if wanted.users is not None and len(wanted.users) <= FEW:
        yield _Place(None, [times_of(project.id, user_id) for user_id in sorted(wanted.users)])
        return
    for month in deeds.months(after, wanted.before):
        if month >= first[:7]:
            yield _Place("by_parent", [month_of(project.id, month, shard) for shard in range(queue.SHARDS)])


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _ending(moment: datetime) -> datetime:
    """The end of the hour before a moment, which may be the moment itself."""
    hour = _hour(moment)
    return hour if hour == moment else hour + HOUR
