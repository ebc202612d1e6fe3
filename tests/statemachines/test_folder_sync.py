"""The folder_sync machine from its file: rounds until the folder mirrors its cloud, daily runs, breaking off."""

from collections.abc import Iterator

import pytest

from gloss import wiring
from gloss.adapters.memory import MemoryBlobs
from gloss.domain.job import JobStatus
from gloss.domain.linking import Sidecars
from gloss.services import linking, syncing
from gloss.services.linking import SyncSettings
from tests.builders_sync import Mirror, a_mirror
from tests.walk import Failed, walk

FILES = {"a.txt": b"one", "a.txt.metadata.json": b'{"site": "north"}', "b.txt": b"two", "c.dcm": b"x"}


class FullDisk(MemoryBlobs):
    """Blobs that take nothing more."""

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        raise OSError("no space left")


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    made = a_mirror(FILES, Sidecars())
    ports = made.ports
    named = {"store": ports.store, "blobs": ports.blobs, "machines": ports.machines, "clock": ports.clock}
    with wiring.standing_in(**named, media=made.media, timetable=made.timetable):
        yield made


def test_a_sync_walks_in_rounds_to_its_end(mirror: Mirror) -> None:
    sync = mirror.start()

    ended = walk("folder_sync", "register", {"folder_id": mirror.folder_id}, sync.run)

    counts = {name: ended["tally"][name] for name in ("new", "attached", "unsupported")}
    assert (ended["status"], counts) == ("DONE", {"new": 2, "attached": 1, "unsupported": 1})
    assert mirror.item("a.txt").metadata == {"site": "north"}


def test_a_second_walk_tombstones_what_is_gone(mirror: Mirror) -> None:
    walk("folder_sync", "register", {"folder_id": mirror.folder_id}, mirror.start().run)
    mirror.remove("b.txt")

    ended = walk("folder_sync", "register", {"folder_id": mirror.folder_id}, mirror.start().run)

    assert (ended["tally"]["gone"], set(mirror.items())) == (1, {"a.txt"})


def test_a_daily_run_makes_its_own_sync_and_carries_it(mirror: Mirror) -> None:
    linking.change_settings(mirror.folder, SyncSettings(daily=True), mirror.times, mirror.ports)
    (machine, payload) = mirror.timetable.daily[f"folder-{mirror.folder_id}"]

    ended = walk(machine, "register", payload, "daily-1")

    assert (ended["status"], ended["tally"]["new"]) == ("DONE", 3)
    assert mirror.latest().sync.run == "daily-1"


def test_a_run_without_a_sync_to_carry_does_nothing(mirror: Mirror) -> None:
    ended = walk("folder_sync", "register", {"folder_id": mirror.folder_id}, "stray")

    assert (ended["status"], mirror.items()) == ("nothing", {})


def test_a_sync_that_breaks_off_says_why_and_is_resumed(mirror: Mirror) -> None:
    sync = mirror.start()
    with wiring.standing_in(blobs=FullDisk()), pytest.raises(Failed):
        walk("folder_sync", "register", {"folder_id": mirror.folder_id}, sync.run)
    broken = mirror.latest().sync

    resumed = syncing.resume(mirror.folder, mirror.ports)
    ended = walk("folder_sync", "register", {"folder_id": mirror.folder_id}, resumed.run)

    assert (broken.status, "OSError" in str(broken.reason)) == (JobStatus.ERROR, True)
    assert (ended["status"], set(mirror.items())) == ("DONE", {"a.txt", "b.txt"})
