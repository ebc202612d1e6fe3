"""The doorways and states of bulk jobs."""

from collections.abc import Iterator

import pytest

from functions.bulk import app, apply, close, plan
from gloss.domain.access import Role
from gloss.kinds.catalog import PROJECTS
from gloss.ports import Save
from tests.builders_bulk import PROJECT, a_project
from tests.doorway import House, a_house, a_person, call, grant

JOBS = f"/v1/projects/{PROJECT}/bulk-jobs"
PRIORITY = {"apply": {"action": "set_priority", "priority": 1}, "task_ids": ["nowhere"]}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


@pytest.fixture
def token(house: House) -> str:
    made = a_person(house, "ada@acme.io")
    grant(house, "ada@acme.io", f"project:{PROJECT}", Role.ADMIN)
    return made


def test_a_job_is_started_followed_and_cancelled(token: str) -> None:
    job = call(app.handler, "POST", JOBS, PRIORITY, token).body

    assert (job["status"], job["units"], job["progress"]["pending"]) == ("PENDING", 1, 1)
    assert call(app.handler, "GET", f"/v1/bulk-jobs/{job['id']}", token=token).body == job
    assert call(app.handler, "POST", f"/v1/bulk-jobs/{job['id']}/cancel", token=token).body["status"] == "CANCELLED"
    assert call(app.handler, "POST", f"/v1/bulk-jobs/{job['id']}/cancel", token=token).status == 409


@pytest.mark.parametrize(
    "body",
    [
        {"apply": PRIORITY["apply"]},
        {**PRIORITY, "stage": "annotate"},
        {**PRIORITY, "apply": {"action": "submit"}},
        {**PRIORITY, "colour": "red"},
    ],
)
def test_a_wish_that_breaks_a_rule_starts_nothing(token: str, house: House, body: object) -> None:
    assert call(app.handler, "POST", JOBS, body, token).status == 422
    assert house.ports.machines.started == {}  # type: ignore[attr-defined]


def test_a_strangers_job_is_not_found(token: str, house: House) -> None:
    job = call(app.handler, "POST", JOBS, PRIORITY, token).body
    stranger = a_person(house, "bob@acme.io")

    assert call(app.handler, "GET", f"/v1/bulk-jobs/{job['id']}", token=stranger).status == 404


def test_the_states_hand_on_keys_and_tell_what_failed(token: str, house: House) -> None:
    house.ports.store.commit([Save(PROJECTS, a_project())])
    job = call(app.handler, "POST", JOBS, PRIORITY, token).body

    planned = plan.handler({"job_id": job["id"]}, None)
    assert planned == {"job_id": job["id"], "batches": [0]}
    assert apply.handler({"job_id": job["id"], "number": 0}, None) == {"done": 0, "failed": 1}
    assert close.handler(planned, None) == {"status": "DONE"}
    failed = call(app.handler, "GET", f"/v1/bulk-jobs/{job['id']}/failed-items", token=token).body
    assert [entry["unit"] for entry in failed["entries"]] == ["nowhere"]
