"""A project's overview out of the event archive; days that are over are folded once and kept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from gloss.domain.analytics import DayCounts, Overview, counted, summed
from gloss.domain.errors import NotFound
from gloss.domain.events import EVENT, Event
from gloss.domain.model import ProjectId
from gloss.ports import Blobs, Clock
from gloss.services.relaying import events_of

#: A stream keeps its records for a day, so nothing reaches the archive of a day later than that.
SETTLED: Final = timedelta(days=3)


def overview(project_id: ProjectId, blobs: Blobs, clock: Clock) -> Overview:
    """What happened in the project, and where its tasks stand."""
    settled_before = (clock.now() - SETTLED).date()
    return summed(
        _kept(project_id, day, keys, blobs) if day < settled_before else counted(day, events(keys, blobs))
        for day, keys in _days(project_id, blobs).items()
    )


def events(keys: Sequence[str], blobs: Blobs) -> Iterator[Event]:
    """The archived events in these objects."""
    for key in keys:
        for line in blobs.get(key).splitlines():
            yield EVENT.validate_json(line)


def _days(project_id: ProjectId, blobs: Blobs) -> dict[date, list[str]]:
    prefix = events_of(project_id)
    days: dict[date, list[str]] = defaultdict(list)
    for key in blobs.keys(prefix):
        year, month, day, _ = key.removeprefix(prefix).split("/")
        days[date(int(year), int(month), int(day))].append(key)
    return days


def _kept(project_id: ProjectId, day: date, keys: Sequence[str], blobs: Blobs) -> DayCounts:
    place = f"folds/{project_id}/{day}.json"
    try:
        return DayCounts.model_validate_json(blobs.get(place))
    except NotFound:
        fresh = counted(day, events(keys, blobs))
        blobs.put(place, fresh.model_dump_json().encode(), "application/json")
        return fresh
