"""Benchmark projects over /v1: made, scored, told to those who manage them, and tied to their ground truth."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.catalog.app import handler as catalog
from functions.export.app import handler as export
from functions.relay import fold, score
from functions.workflow.app import handler as workflow
from gloss import wiring
from gloss.adapters.memory_mail import MemoryAlarms, MemoryQueue
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from gloss.domain.model import ProjectId
from gloss.domain.project import Project
from gloss.kinds.benchmark import LINKS, benchmarks_of
from gloss.kinds.catalog import PROJECTS
from gloss.ports import Key
from gloss.services import copying, projecting, retiring
from gloss.services.copying import Copy, Data
from gloss.services.projecting import NewProject
from tests.builders_catalog import a_dataset, a_project, label, move, tasks_of, the_admin
from tests.builders_labels import a_car
from tests.doorway import Answered, House, a_house, a_person, call, grant, query
from tests.functions.test_relay import an_event
from tests.services.test_catalog_races import together
from tests.walk import walk


@dataclass(frozen=True)
class Exam:
    """A project of two tasks, one of which is complete, and a benchmark project that is scored against it."""

    house: House
    gold: Project
    path: str

    def hand_in(self, title: str = "00001.jpg", token: str = "token-of-ann@acme.io") -> None:
        """Label a car like that of the ground truth, and submit."""
        tasks = call(workflow, "GET", f"{self.path}/tasks").body["entries"]
        task = f"{self.path}/tasks/{next(it['id'] for it in tasks if it['title'] == title)}"
        call(workflow, "PUT", f"{task}/labels", {"labels": {"objects": [a_car()]}, "row_version": 0}, token)
        answer = call(workflow, "POST", f"{task}/actions", {"action": "submit"}, token)
        assert answer.status == 200, answer.body

    def told(self, rest: str, token: str | None = None) -> Answered:
        return call(workflow, "GET", f"{self.path}/{rest}", **({"token": token} if token else {}))


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia({})) as made:
        yield made


def a_gold(house: House) -> Project:
    """A project of two tasks, of which one is complete."""
    gold = a_project(house, a_dataset(house)).project
    done, _ = tasks_of(house, gold)
    label(house, done, {"objects": [a_car()]})
    move(house, done, "complete")
    return gold


def make(gold: Project, token: str | None = None, **more: Any) -> Answered:
    wanted = {"title": "Exam", "ontology_id": gold.ontology_id, "ground_truth_ids": [gold.id], **more}
    return call(catalog, "POST", "/v1/projects", wanted, **({"token": token} if token else {}))


@pytest.fixture
def exam(house: House) -> Exam:
    gold = a_gold(house)
    made = make(gold)
    assert made.status == 200, made.body
    a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"project:{made.body['id']}", Role.ANNOTATOR)
    return Exam(house, gold, f"/v1/projects/{made.body['id']}")


def relay(house: House) -> None:
    """What the outbox holds goes through the stream's reader and the queue of scores."""
    due, quiet = MemoryQueue(), {"redelivery": MemoryQueue(), "strays": MemoryQueue(), "alarms": MemoryAlarms()}
    with wiring.standing_in(due_scores=due, **quiet):
        fold.handler({"Records": [_record(event) for event in house.ports.store.events]}, None)  # type: ignore[attr-defined]
    take(due)


def take(due: MemoryQueue) -> None:
    """Let the function take what is in the queue of scores."""
    records = [_message(number, message) for number, (message, _) in enumerate(due.sent)]
    due.sent.clear()
    assert score.handler({"Records": records}, None) == {"batchItemFailures": []}


def _record(event: Any) -> dict[str, Any]:
    record = an_event("outbox_stream")["Records"][0]
    record["dynamodb"]["NewImage"]["body"] = {"S": event.model_dump_json()}
    return record


def _message(number: int, message: Any) -> dict[str, Any]:
    return {**an_event("redelivery_queue")["Records"][0], "messageId": str(number), "body": json.dumps(message)}


def test_a_benchmark_project_gets_the_data_of_its_ground_truth_and_no_review(exam: Exam) -> None:
    made = call(catalog, "GET", exam.path).body

    assert made["dataset_ids"] == list(exam.gold.dataset_ids)
    assert [stage["kind"] for stage in made["graph"]["stages"]] == ["start", "annotate", "complete"]
    assert exam.told("ground-truth").body == {"project_ids": [exam.gold.id]}


def test_a_submission_is_scored_once_and_told_with_what_it_was_compared_with(exam: Exam) -> None:
    exam.hand_in("00001.jpg")
    exam.hand_in("00002.jpg")
    (waiting,) = exam.told("scores").body["entries"]
    assert (waiting["agreement"], waiting["scored_at"]) == (None, None)

    relay(exam.house)
    relay(exam.house)

    (told,) = exam.told("scores").body["entries"]
    truth = tasks_of(exam.house, exam.gold)[0]
    assert (told["agreement"], told["annotator"], told["outdated"]) == (1.0, "user-ann@acme.io", False)
    assert told["ground_truth"]["sha256"] == truth.label_sha256
    (person,) = exam.told("scores/annotators").body["entries"]
    assert (person["annotator"], person["scored"], person["mean"]) == ("user-ann@acme.io", 1, 1.0)


def test_a_score_says_when_the_ground_truth_has_changed_since(exam: Exam) -> None:
    exam.hand_in()
    relay(exam.house)
    truth = tasks_of(exam.house, exam.gold)[0]

    label(exam.house, truth, {"objects": []})

    (told,) = exam.told("scores").body["entries"]
    assert (told["outdated"], told["agreement"], told["ground_truth"]["row_version"]) == (True, 1.0, 1)


def test_scores_are_listed_by_person_and_task_page_by_page(exam: Exam) -> None:
    exam.hand_in()
    task = exam.told("scores").body["entries"][0]["task_id"]
    call(workflow, "POST", f"{exam.path}/tasks/{task}/actions", {"action": "reopen"})
    exam.hand_in()

    first = exam.told("scores?limit=1").body
    second = exam.told(query("scores", limit=1, token=first["next_token"])).body
    assert first["entries"][0]["submitted_at"] >= second["entries"][0]["submitted_at"]
    found = [exam.told(query("scores", **chosen)).body["entries"] for chosen in _filters(task)]
    assert [len(entries) for entries in found] == [2, 2, 0]
    assert exam.told(query("scores", task_id=task, annotator="user-ann@acme.io")).status == 422


def _filters(task: str) -> list[dict[str, str]]:
    return [{"task_id": task}, {"annotator": "user-ann@acme.io"}, {"annotator": "user-bob@acme.io"}]


@pytest.mark.parametrize("rest", ["scores", "scores/annotators", "ground-truth"])
@pytest.mark.parametrize(
    ("role", "status"), [(Role.ANNOTATOR, 403), (Role.REVIEWER, 403), (Role.VIEWER, 403), (Role.TEAM_MANAGER, 200)]
)
def test_only_who_manages_the_project_is_told(exam: Exam, rest: str, role: Role, status: int) -> None:
    token = a_person(exam.house, "eve@acme.io")
    grant(exam.house, "eve@acme.io", exam.path.removeprefix("/v1/").replace("projects/", "project:"), role)

    assert exam.told(rest, token).status == status


def test_nothing_that_an_annotator_is_told_of_tasks_differs(exam: Exam) -> None:
    for title in ("00001.jpg", "00002.jpg"):
        exam.hand_in(title)
    ann, tasks = "token-of-ann@acme.io", exam.told("tasks").body["entries"]

    told = [exam.told(f"tasks/{it['id']}", ann).body for it in tasks]
    steps = [exam.told(f"tasks/{it['id']}/history", ann).body["entries"] for it in tasks]

    own = {"id", "data_id", "item_id", "title", "created_at", "updated_at"}
    first, second = ({name: value for name, value in it.items() if name not in own} for it in told)
    assert first == second
    assert [step["action"] for step in steps[0]] == [step["action"] for step in steps[1]]


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.ANNOTATOR, 403), (Role.REVIEWER, 403)])
def test_who_does_not_read_all_labels_of_a_project_scores_nobody_by_it(
    house: House, role: Role | None, status: int
) -> None:
    gold, token = a_gold(house), a_person(house, "eve@acme.io")
    if role is not None:
        grant(house, "eve@acme.io", f"project:{gold.id}", role)

    assert make(gold, token).status == status
    titles = {it["title"] for it in call(catalog, "GET", "/v1/projects").body["entries"]}
    assert titles == {gold.title}


def test_labels_of_another_ontology_are_no_ground_truth(house: House) -> None:
    gold, other = a_gold(house), a_project(house, a_dataset(house, 0)).project

    answer = make(gold, ontology_id=other.ontology_id)

    assert answer.status == 422
    assert [fault["path"] for fault in answer.body["errors"]] == ["ground_truth_ids[0]"]


def test_a_ground_truth_stays_as_long_as_somebody_is_scored_by_it(exam: Exam) -> None:
    gold = f"/v1/projects/{exam.gold.id}"
    assert call(catalog, "DELETE", gold).status == 409

    assert call(catalog, "DELETE", exam.path).status == 200
    assert call(catalog, "DELETE", gold).status == 200

    assert call(catalog, "POST", f"{exam.path}/restore").status == 409
    assert call(catalog, "POST", f"{gold}/restore").status == 200
    assert call(catalog, "POST", f"{exam.path}/restore").status == 200


@pytest.mark.parametrize(("data", "kept"), [(Data.ATTACHED, True), (Data.NONE, False), (Data.CLONED, False)])
def test_a_copy_of_the_same_data_is_scored_too(exam: Exam, data: Data, kept: bool) -> None:
    source = ProjectId(exam.path.removeprefix("/v1/projects/"))

    made = copying.copy(source, Copy(data=data), the_admin(exam.house), exam.house.ports)

    assert made.ground_truth_ids == ((exam.gold.id,) if kept else ())


def test_a_score_whose_message_was_lost_is_asked_for_again(exam: Exam) -> None:
    exam.hand_in()
    due = MemoryQueue()

    with wiring.standing_in(due_scores=due):
        answer = call(workflow, "POST", f"{exam.path}/scores/due", {})
        take(due)
        again = call(workflow, "POST", f"{exam.path}/scores/due", {})

    assert (answer.body, again.body) == ({"asked": 1}, {"asked": 0})
    assert [it["agreement"] for it in exam.told("scores").body["entries"]] == [1.0]


@pytest.mark.parametrize(
    ("chosen", "titles"), [({}, [1, 2]), ({"benchmarks": True}, [1]), ({"benchmarks": False}, [2])]
)
def test_an_export_tells_benchmark_rows_apart(exam: Exam, chosen: dict[str, bool], titles: list[int]) -> None:
    made = call(export, "POST", f"{exam.path}/exports", {"format": "json", **chosen}).body
    walk("export", "export", {"export_id": made["id"]})
    name = call(export, "GET", f"{exam.path}/exports/{made['id']}").body["files"][0]["name"]

    rows = json.loads(exam.house.ports.blobs.get(f"exports/{made['id']}/{name}"))

    told = {row["data_title"]: row["is_shadow_data"] for row in rows}
    assert told == {f"0000{number}.jpg": number == 1 for number in titles}


@pytest.mark.parametrize("seed", range(20))
def test_no_ground_truth_goes_while_somebody_links_to_it(house: House, seed: int) -> None:
    gold, admin = a_gold(house), the_admin(house)
    wanted = NewProject(title="Exam", ontology_id=gold.ontology_id, ground_truth_ids=(gold.id,))

    jobs = [lambda ports: projecting.make_project(wanted, admin, ports), lambda ports: retiring.delete(gold.id, ports)]
    together(house, jobs, seed)

    deleted = house.ports.store.get(PROJECTS, Key(f"PROJECT#{gold.id}")).deleted_at is not None
    links = list(house.ports.store.every(LINKS, benchmarks_of(gold.id)))
    assert deleted is not bool(links)
