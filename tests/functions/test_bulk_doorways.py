"""The doorways and states of bulk jobs."""

from collections.abc import Iterator

import pytest

from functions.bulk import app, apply, close, plan
from gloss.domain.access import Caller, OrgRole, Role
from gloss.domain.model import UserId
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import GRANTS, grant_key
from gloss.ports import Erase, Save
from gloss.services import entering
from tests.builders_bulk import PROJECT, a_project, a_row, task_id
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
    came = {"job_id": job["id"], "number": 0, "done": 0, "failed": 1, "more": False}
    assert apply.handler({"job_id": job["id"], "number": 0}, None) == came
    assert close.handler(planned, None) == {"status": "DONE"}
    failed = call(app.handler, "GET", f"/v1/bulk-jobs/{job['id']}/failed-items", token=token).body
    assert [entry["unit"] for entry in failed["entries"]] == ["nowhere"]


def leave(house: House) -> None:
    resource = f"project:{PROJECT}"
    house.ports.store.commit([Erase(GRANTS, house.ports.store.get(GRANTS, grant_key(resource, "user-ada@acme.io")))])


def test_who_left_the_project_has_no_hold_on_their_jobs(token: str, house: House) -> None:
    job = call(app.handler, "POST", JOBS, PRIORITY, token).body
    call(app.handler, "POST", f"/v1/bulk-jobs/{job['id']}/cancel", token=token)
    leave(house)

    assert call(app.handler, "GET", f"/v1/bulk-jobs/{job['id']}", token=token).status == 404
    assert call(app.handler, "POST", f"/v1/bulk-jobs/{job['id']}/resume", token=token).status == 404


def test_a_job_does_no_more_than_its_owner_still_may(token: str, house: House) -> None:
    project = a_project()
    house.ports.store.commit([Save(PROJECTS, project)])
    owner = Caller(user_id=UserId("user-ada@acme.io"), org_id=project.org_id, email="a@b.c", org_role=OrgRole.MEMBER)
    entering.enter(project, [a_row(0)], owner.user_id, house.ports)
    job = call(app.handler, "POST", JOBS, {**PRIORITY, "task_ids": [task_id(0)]}, token).body
    plan.handler({"job_id": job["id"]}, None)
    leave(house)

    came = {"job_id": job["id"], "number": 0, "done": 0, "failed": 1, "more": False}
    assert apply.handler({"job_id": job["id"], "number": 0}, None) == came
