"""The agents room over HTTP: tasks by priority, and the way on by a pathway's name."""

from collections.abc import Iterator

import pytest

from functions.agents.app import handler
from gloss.domain.access import Role
from tests.builders_workflow import a_path, a_running_project, a_task
from tests.doorway import House, a_house, a_person, call, grant

STAGE = "/v1/projects/project/agent-stages/agent/tasks"
BOT = "token-of-bot@acme.io"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        tasks = [a_task(data_id=f"d{n}", stage="agent", priority=n / 4) for n in range(3)]
        a_running_project(*tasks, ports=made.ports)
        a_person(made, "bot@acme.io")
        grant(made, "bot@acme.io", "project:project", Role.TEAM_MANAGER)
        yield made


def test_tasks_are_handed_to_agents_by_priority(house: House) -> None:
    entries = call(handler, "GET", STAGE, token=BOT).body["entries"]

    assert [task["priority"] for task in entries] == [0.5, 0.25, 0.0]


def test_proceeding_twice_is_a_conflict(house: House) -> None:
    proceed = f"{STAGE}/{a_path('d0').task_id}/proceed"

    assert call(handler, "POST", proceed, {"pathway": "labelled"}, BOT).body["stage"] == "annotate"
    assert call(handler, "POST", proceed, {"pathway": "labelled"}, BOT).status == 409


@pytest.mark.parametrize("body", [{"pathway": "nowhere"}, {}])
def test_a_pathway_that_is_not_clear_is_refused(house: House, body: dict[str, str]) -> None:
    answer = call(handler, "POST", f"{STAGE}/{a_path('d0').task_id}/proceed", body, BOT)

    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "pathway")


def test_a_manual_stage_is_no_agent_stage(house: House) -> None:
    assert call(handler, "GET", STAGE.replace("agent/", "annotate/"), token=BOT).status == 404
