"""A sync dies at each of its writes, before and after it, and is carried on: nothing is doubled, lost or miscounted."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import MemoryStore, memory_ports
from gloss.domain.events import Event
from gloss.domain.job import JobStatus
from gloss.domain.linking import Sidecars
from gloss.kinds.syncing import TRACKED, tracked_of
from gloss.ports import Change
from gloss.services import filing
from gloss.services.scanning import Pace
from tests.builders_sync import Mirror, a_mirror

BEFORE = {"a.txt": b"1", "b.txt": b"1", "b.txt.metadata.json": b'{"n": 1}', "c.txt": b"1", "e.txt": b"1"}
AFTER = {"a.txt": b"1", "b.txt": b"22", "c.txt": b"1", "c.txt.metadata.json": b'{"n": 2}', "d.txt": b"1", "f.dcm": b"1"}
STATUSES = ("new", "changed", "gone", "attached", "kept", "warned", "failed", "scanned", "unsupported")


class CutOff(Exception):
    """The process died."""


class FragileStore(MemoryStore):
    """A store whose caller dies once, before or after the write with a certain number."""

    def __init__(self) -> None:
        super().__init__()
        self.writes, self.dies_at, self.after = 0, 0, False

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self.writes += 1
        dying = self.writes == self.dies_at
        if dying and not self.after:
            raise CutOff
        super().commit(changes, events)
        if dying:
            raise CutOff


def a_changed_cloud() -> tuple[Mirror, FragileStore]:
    """A folder that was synced, and whose cloud is another now."""
    store = FragileStore()
    mirror = a_mirror(BEFORE, Sidecars(), replace(memory_ports(), store=store), Pace(keys=3, entries=2, gone=1))
    mirror.sync()
    mirror.remove(*BEFORE)
    mirror.put(**{name.replace(".", "__"): body for name, body in AFTER.items()})
    return mirror, store


def carried(mirror: Mirror, store: FragileStore) -> bool:
    """Sync with a death on the way and another run after it; whether anybody died."""
    store.writes, before = 0, mirror.latest().sync.id
    try:
        mirror.sync()
    except CutOff:
        begun = mirror.latest().sync
        mirror.carry(mirror.start() if begun.id == before else begun)
        return True
    return False


def outcome(mirror: Mirror) -> dict[str, Any]:
    """All that one can see of a folder and its latest sync."""
    followed = mirror.latest()
    tracked = mirror.ports.store.every(TRACKED, tracked_of(mirror.folder_id))
    return {
        "items": {name: (item.id, item.metadata, item.facts.size_bytes) for name, item in mirror.items().items()},
        "tracked": [(it.key, it.etag, it.item_id, it.given) for it in tracked],
        "holds": filing.summary(mirror.folder_id, mirror.ports.store).model_dump(),
        "counts": [getattr(followed.progress.tally, name) for name in STATUSES],
        "status": followed.sync.status,
    }


def deaths(after: bool) -> Iterator[dict[str, Any]]:
    """What comes of a sync that dies at its first write, its second, and so on."""
    for number in range(1, 200):
        mirror, store = a_changed_cloud()
        store.dies_at, store.after = number, after
        if not carried(mirror, store):
            return
        yield outcome(mirror)


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_write_changes_nothing_of_the_end(after: bool) -> None:
    mirror, _ = a_changed_cloud()
    mirror.sync()
    untroubled = outcome(mirror)

    ends = list(deaths(after))

    assert len(ends) >= 12
    assert all(end == untroubled for end in ends)


def test_what_an_untroubled_sync_makes_is_what_the_cloud_has() -> None:
    mirror, _ = a_changed_cloud()

    mirror.sync()

    seen = outcome(mirror)
    assert set(mirror.items()) == {"a.txt", "b.txt", "c.txt", "d.txt"}
    assert {name: item.metadata for name, item in mirror.items().items() if item.metadata} == {"c.txt": {"n": 2}}
    assert (seen["status"], json.dumps(seen["counts"])) == (JobStatus.DONE, "[1, 1, 2, 1, 0, 0, 0, 6, 1]")
