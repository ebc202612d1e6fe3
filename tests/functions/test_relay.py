"""The outbox's readers, the redelivery consumer and who heeds lost runs, called with real events."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.relay import fire, fold, heed, redeliver
from gloss import wiring
from gloss.adapters.memory import MemoryBlobs, MemoryMachines
from gloss.adapters.memory_mail import MemoryQueue
from gloss.domain.events import TaskCreated
from gloss.domain.job import Job, JobStatus
from gloss.kinds.catalog import PROJECTS
from gloss.ports import Save
from gloss.services import delivering, draining
from tests.builders_register import a_desk
from tests.builders_webhooks import FINAL, PROJECT, REFUSED, a_post, a_submit, task_fields
from tests.builders_workflow import a_project, a_workflow

EVENTS = Path(__file__).parents[1] / "events"


def an_event(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return read


def test_only_what_fires_starts_a_run_under_its_own_id() -> None:
    machines, post = MemoryMachines(), a_post(events=("task.submitted",))
    with wiring.standing_in(store=post.store, machines=machines, strays=MemoryQueue()):
        fire.handler(an_event("outbox_stream"), None)
        fire.handler(an_event("outbox_stream"), None)

    assert list(machines.started) == [("task_transition", "event-1")]
    assert machines.started["task_transition", "event-1"]["event"]["kind"] == "task.submitted"


def test_what_nobody_listens_to_starts_no_run() -> None:
    machines, post = MemoryMachines(), a_post(events=("task.rejected",))
    with wiring.standing_in(store=post.store, machines=machines, strays=MemoryQueue()):
        fire.handler(an_event("outbox_stream"), None)

    assert machines.started == {}


def test_a_record_that_cannot_be_read_goes_away_alone() -> None:
    strays = MemoryQueue()
    with wiring.standing_in(store=a_post().store, machines=MemoryMachines(), strays=strays):
        answer = fire.handler(an_event("outbox_stream"), None)

    assert answer == {"batchItemFailures": []}
    assert [record["dynamodb"]["SequenceNumber"] for record, _ in strays.sent] == ["300000000000000004"]


def test_the_archive_holds_every_event_by_project_and_day() -> None:
    post, blobs = a_post(), MemoryBlobs()
    with wiring.standing_in(store=post.store, blobs=blobs, redelivery=post.queue, strays=MemoryQueue()):
        fold.handler(an_event("outbox_stream"), None)
        fold.handler(an_event("outbox_stream"), None)

    keys = list(blobs.keys("events/"))
    assert [key[:29] for key in keys] == ["events/org-org-1/2026/01/02/0", "events/project-1/2026/01/01/0"]
    lines = blobs.get(keys[1]).splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["task.submitted", "task.moved"]


def test_an_event_that_fires_nothing_reaches_who_asked_for_it() -> None:
    post = a_post(events=("task.moved", "task.submitted"))
    with wiring.standing_in(store=post.store, blobs=MemoryBlobs(), redelivery=post.queue, strays=MemoryQueue()):
        fold.handler(an_event("outbox_stream"), None)

    draining.probe(delivering.probe_of(post.endpoint()), post.room)
    assert [json.loads(body)["event_type"] for body in post.bodies()] == ["task_moved_event"]


def test_a_message_wakes_its_endpoint_and_a_broken_one_fails_alone() -> None:
    post = a_post(REFUSED)
    delivering.attempt(delivering.match(a_submit(), FINAL, post.store)[0], post.room)
    with wiring.standing_in(
        store=post.store,
        clock=post.clock,
        sender=post.sender,
        sealer=post.room.sealer,
        redelivery=post.queue,
        alarms=post.alarms,
    ):
        answer = redeliver.handler(an_event("redelivery_queue"), None)

    assert (post.endpoint().status, len(post.sender.posted)) == ("active", 2)
    assert [failure["itemIdentifier"][:8] for failure in answer["batchItemFailures"]] == ["00000002"]


@pytest.mark.parametrize(
    "call", [{"project_id": "p", "stage": "agent"}, {"copy_id": "p", "org_id": "o", "dataset_id": None}]
)
def test_a_round_and_a_look_at_a_copy_come_by_the_same_queue(call: dict[str, Any]) -> None:
    post = a_post()
    record = {**an_event("redelivery_queue")["Records"][0], "body": json.dumps(call)}
    ports = {"store": post.store, "clock": post.clock, "sender": post.sender, "sealer": post.room.sealer}
    with wiring.standing_in(**ports, redelivery=post.queue, alarms=post.alarms):
        answer = redeliver.handler({"Records": [record]}, None)

    assert answer == {"batchItemFailures": []}


def test_tasks_that_come_to_a_watched_agent_stage_begin_its_rounds() -> None:
    post = a_post(events=("agent_stage.work_available",))
    post.store.commit([Save(PROJECTS, a_project(id=PROJECT, workflow=a_workflow(agent={"id": "agent"})))])
    came = TaskCreated(**task_fields(1, "start", "agent"))
    record = an_event("outbox_stream")["Records"][0]
    record["dynamodb"]["NewImage"]["body"] = {"S": came.model_dump_json()}
    ports = {"store": post.store, "redelivery": post.queue, "strays": MemoryQueue(), "alarms": post.alarms}
    with wiring.standing_in(**ports, blobs=MemoryBlobs()):
        fold.handler({"Records": [record]}, None)

    assert list(post.alarms.repeated.values()) == [{"project_id": PROJECT, "stage": "agent"}]


def a_lost_run(job: Job, **detail: Any) -> dict[str, Any]:
    """The word of EventBridge that the run of a job was stopped."""
    event = an_event("run_aborted")
    told = {"name": job.machine_run, "input": json.dumps({"job_id": job.id})}
    return event | {"detail": event["detail"] | told | detail}


@pytest.mark.parametrize(
    ("detail", "reason"),
    [({}, "its run was ABORTED"), ({"status": "FAILED", "error": "States.Runtime", "cause": "x"}, "States.Runtime")],
)
def test_a_run_that_ended_badly_ends_its_job(detail: dict[str, Any], reason: str) -> None:
    desk = a_desk({})
    job = desk.submit({"images": [{"objectUrl": "s3://bkt/0.png"}]})
    event, ports = a_lost_run(job, **detail), desk.ports
    arns = {"registration": event["detail"]["stateMachineArn"]}
    with wiring.standing_in(store=ports.store, blobs=ports.blobs, machines=ports.machines, machine_arns=arns):
        heed.handler(event, None)
        heed.handler(event, None)

    ended = desk.followed(job).job
    assert (ended.status, ended.broke_off, reason in str(ended.reason)) == (JobStatus.ERROR, True, True)


def test_a_run_of_a_stranger_is_not_swallowed() -> None:
    with wiring.standing_in(machine_arns={"export": "arn:another"}), pytest.raises(KeyError, match="Registration"):
        heed.handler(an_event("run_aborted"), None)
