"""The room that holds the public SDK's polls: how long, who may, and what a poll reads."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from functions.poll.app import handler as poll
from functions.sdk.app import handler as sdk
from gloss import wiring
from gloss.adapters.memory import FixedClock
from gloss.adapters.memory_inbox import MemoryInbox
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from gloss.ports import Key, Kind, Store
from tests.builders_media import an_image
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.functions.test_register_doorways import a_folder, an_integration, run

MEDIA = {"s3://bkt/0.png": an_image(size=(16, 8))}


class Watched:
    """Records that count how often one is looked up."""

    def __init__(self, store: Store) -> None:
        self._store, self.kinds = store, Counter[str]()

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self.kinds[kind.name] += 1
        return self._store.find(kind, key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def house(clock: FixedClock) -> Iterator[House]:
    with a_house(media=MemoryMedia(MEDIA), clock=clock, pause=clock.pass_time, inbox=MemoryInbox()) as made:
        yield made


def started(folder: str) -> str:
    body = {"externalFiles": {"images": [{"objectUrl": "s3://bkt/0.png"}]}, "integrationHash": an_integration()}
    return str(call(sdk, "POST", f"/v2/public/storage/folders/{folder}/data-upload-jobs", body).body)


def polled(folder: str, job: str, seconds: float = 604800, token: str = ADMIN_TOKEN) -> Answered:
    path = f"/v2/public/storage/folders/{folder}/data-upload-jobs/{job}?timeoutSeconds={seconds}"
    return call(poll, "GET", path, token=token)


def test_a_poll_is_held_for_25_seconds_while_a_job_runs(house: House, clock: FixedClock) -> None:
    folder = a_folder()
    job, before = started(folder), clock.now()

    told = polled(folder, job)

    assert (told.status, told.body["status"], told.body["unitsPendingCount"]) == (200, "PENDING", 1)
    assert 24.9 < (clock.now() - before).total_seconds() <= 25


@pytest.mark.parametrize("seconds", [float("nan"), float("-inf"), -1.0])
def test_nobody_waits_for_less_than_no_time(house: House, seconds: float) -> None:
    folder = a_folder()

    assert polled(folder, started(folder), seconds).status == 400


def test_a_poll_ends_as_soon_as_the_job_does(clock: FixedClock) -> None:
    jobs: list[str] = []

    def pause(seconds: float) -> None:
        clock.pass_time(seconds)
        if (clock.now() - before).total_seconds() > 5 and jobs:
            run(jobs.pop())

    with a_house(media=MemoryMedia(MEDIA), clock=clock, pause=pause, inbox=MemoryInbox()):
        folder = a_folder()
        jobs.append(started(folder))
        job, before = jobs[0], clock.now()
        told = polled(folder, job)

    assert (told.body["status"], [each["name"] for each in told.body["itemsWithNames"]]) == ("DONE", ["0.png"])
    assert (clock.now() - before).total_seconds() < 7


def test_a_poll_looks_at_one_record_once_a_second(house: House) -> None:
    folder = a_folder()
    job, store = started(folder), Watched(house.ports.store)

    with wiring.standing_in(store=store):
        polled(folder, job)

    assert 25 <= store.kinds["upload job"] <= 29
    assert store.kinds.total() - store.kinds["upload job"] <= 4


def test_a_poll_without_patience_is_answered_at_once(house: House, clock: FixedClock) -> None:
    folder = a_folder()
    job, before = started(folder), clock.now()

    assert polled(folder, job, 0).body["status"] == "PENDING"
    assert clock.now() == before


def test_jobs_are_seen_by_their_own_folder_and_its_people(house: House) -> None:
    folder, other, stranger = a_folder(), a_folder(), a_person(house, "eve@acme.io")
    job = started(folder)

    assert polled(other, job).status == 403
    assert polled(folder, job, token=stranger).status == 403
    grant(house, "eve@acme.io", f"folder:{folder}", Role.VIEWER)
    assert polled(folder, job, 0, token=stranger).status == 200


def test_a_running_job_is_cancelled_with_what_was_left(house: House) -> None:
    folder = a_folder()
    job = started(folder)
    path = f"/v2/public/storage/folders/{folder}/data-upload-jobs/{job}/cancel"

    cancelled, again = call(sdk, "POST", path), call(sdk, "POST", path)

    assert (cancelled.status, cancelled.body) == (200, {"unitsCancelledCount": 1})
    assert again.status == 400
    assert polled(folder, job).body["status"] == "CANCELLED"


@pytest.mark.parametrize("body", [{}, {"externalFiles": {}, "dataItems": {}}, {"externalFiles": {"pictures": []}}])
def test_a_job_without_one_manifest_is_refused(house: House, body: dict[str, Any]) -> None:
    answer = call(sdk, "POST", f"/v2/public/storage/folders/{a_folder()}/data-upload-jobs", body)

    assert answer.status == 400


def test_scenes_are_not_offered_and_that_is_said(house: House) -> None:
    body = {"dataItems": {"scenes": [{"objectUrl": "s3://bkt/0.png"}]}}

    answer = call(sdk, "POST", f"/v2/public/storage/folders/{a_folder()}/data-upload-jobs", body)

    assert answer.status == 405
    assert answer.body["message"].startswith("Gloss leaves out")
