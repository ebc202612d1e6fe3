"""The overview out of the archive, with days that are over folded only once."""

from collections.abc import Sequence

from gloss.adapters.memory import FixedClock, MemoryBlobs
from gloss.domain.events import Event
from gloss.services import overviewing, relaying
from gloss.services.relaying import Arrived
from tests.builders_webhooks import NOW, PROJECT, a_submit, an_approval


def archive(blobs: MemoryBlobs, events: Sequence[Event], sequence: str = "1") -> None:
    relaying.archive([Arrived(sequence=sequence, event=event) for event in events], blobs)


def test_an_overview_counts_what_was_archived_twice_once() -> None:
    blobs = MemoryBlobs()
    archive(blobs, [a_submit(), an_approval(2)])
    archive(blobs, [an_approval(2)], "2")

    seen = overviewing.overview(PROJECT, blobs, FixedClock(NOW))
    assert seen.actions == {"approved": 1, "submitted": 1}


def test_a_day_that_is_over_is_folded_once() -> None:
    blobs, clock = MemoryBlobs(), FixedClock(NOW)
    archive(blobs, [a_submit()])
    clock.pass_time(5 * 86_400)

    first = overviewing.overview(PROJECT, blobs, clock)
    assert list(blobs.keys("folds/")) == [f"folds/{PROJECT}/2026-01-01.json"]
    assert overviewing.overview(PROJECT, blobs, clock) == first


def test_another_projects_events_are_not_counted() -> None:
    blobs = MemoryBlobs()
    archive(blobs, [a_submit().model_copy(update={"project_id": "project-10"})])

    assert overviewing.overview(PROJECT, blobs, FixedClock(NOW)).actions == {}
