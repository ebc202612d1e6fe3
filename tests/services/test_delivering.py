"""Deliveries: once each, behind one probe while the receiver fails, in order when it answers again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from gloss.adapters.memory_mail import ScriptedSender
from gloss.domain.errors import Stale
from gloss.domain.webhooks import Answer
from gloss.kinds.relay import DELIVERIES, PARKED, delivery_key, waiting_line
from gloss.services import delivering, draining, endpoints
from tests.builders_webhooks import FINAL, PROJECT, REFUSED, Post, a_move, a_post, a_submit, an_approval


class Interrupted(ScriptedSender):
    """A receiver that fails, and while it does so something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__([REFUSED])
        self._meanwhile = meanwhile

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._meanwhile()
        return super().post(url, headers, body)


def deliver(post: Post, *numbers: int) -> list[str]:
    """The first attempts for submits of these numbers; returns how each delivery stands."""
    refs = [ref for number in numbers for ref in delivering.match(a_submit(number), FINAL, post.store)]
    return [delivering.attempt(ref, post.room).status for ref in refs]


def probe(post: Post) -> str:
    """The probe that counts at the endpoint's present step."""
    return draining.probe(delivering.probe_of(post.endpoint()), post.room)


def tasks(post: Post) -> list[str]:
    return [json.loads(body)["payload"]["task_uuid"] for body in post.bodies()]


def waiting(post: Post) -> int:
    return len(list(post.store.every(PARKED, waiting_line(post.endpoint().id))))


def test_an_event_reaches_its_endpoint_once() -> None:
    post = a_post()

    assert deliver(post, 1) == ["delivered"]
    assert deliver(post, 1) == []
    assert len(post.sender.posted) == 1


def test_a_task_that_completes_is_told_twice_under_two_uids() -> None:
    post = a_post(events=("task.approved", "task.completed"))

    refs = delivering.match(an_approval(), FINAL, post.store)
    assert len({ref.uid for ref in refs}) == 2


def test_a_failed_attempt_parks_the_delivery_and_sets_one_alarm() -> None:
    post = a_post(REFUSED)

    assert deliver(post, 1) == ["parked"]
    at, message = post.alarms.pending["webhook-endpoint-1"]
    assert 5 <= (at - post.clock.now()).total_seconds() <= 5.5
    assert message == {"project_id": PROJECT, "endpoint_id": "endpoint-1", "step": 1}


def test_while_an_endpoint_fails_nothing_else_is_attempted() -> None:
    post = a_post(REFUSED)

    assert deliver(post, 1, 2, 3) == ["parked"] * 3
    assert (len(post.sender.posted), waiting(post)) == (1, 3)


def test_a_successful_probe_drains_the_backlog_in_order() -> None:
    post = a_post(REFUSED)
    deliver(post, 1, 2, 3)

    assert probe(post) == "drained"
    assert tasks(post) == ["task-1", "task-1", "task-2", "task-3"]
    assert (post.endpoint().status, waiting(post)) == ("active", 0)


def test_every_attempt_carries_the_same_uid_and_body() -> None:
    post = a_post(REFUSED)
    deliver(post, 1)
    post.clock.pass_time(5)

    probe(post)
    first, second = post.sender.posted
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_a_dead_receiver_costs_one_attempt_a_step() -> None:
    post = a_post(*[REFUSED] * 99)
    deliver(post, *range(1, 6))
    while post.endpoint().status == "failing":
        probe(post)

    assert len(post.sender.posted) == 10
    assert [event.kind for event in post.store.events] == ["webhook.disabled"]


def test_a_probe_for_an_earlier_step_is_ignored() -> None:
    post = a_post(REFUSED, REFUSED)
    deliver(post, 1)
    late = delivering.probe_of(post.endpoint())
    probe(post)

    assert draining.probe(late, post.room) == "ignored"
    assert len(post.sender.posted) == 2


def test_a_failure_after_a_success_starts_the_schedule_over() -> None:
    post = a_post(REFUSED, REFUSED, REFUSED, Answer(status=204), REFUSED, REFUSED)
    deliver(post, 1, 2)
    probe(post)
    probe(post)

    assert probe(post) == "failed"
    assert (post.endpoint().step, waiting(post)) == (1, 1)


def test_a_receiver_that_fails_each_event_once_is_drained_in_one_go() -> None:
    post = a_post(REFUSED, Answer(status=200), REFUSED, Answer(status=200), REFUSED)
    deliver(post, 1, 2, 3)

    assert probe(post) == "drained"
    assert tasks(post) == ["task-1", "task-1", "task-2", "task-2", "task-3", "task-3"]


def test_of_two_probes_at_once_only_one_sends() -> None:
    others: list[str] = []
    post = a_post(REFUSED)
    deliver(post, 1, 2)
    meddling = Interrupted(lambda: others.append(probe(post)))
    post = replace(post, room=replace(post.room, sender=meddling))

    assert draining.probe(delivering.probe_of(post.endpoint()), post.room) == "failed"
    assert others == ["busy"]
    assert len(meddling.posted) == 1


def test_an_older_delivery_that_was_never_tried_does_not_use_up_the_probe() -> None:
    post = a_post(REFUSED, REFUSED)
    deliver(post, 2, 1)

    assert probe(post) == "drained"
    assert (len(post.sender.posted), waiting(post)) == (4, 0)


def test_a_gone_receiver_is_disabled_and_told_nothing_more() -> None:
    post = a_post(Answer(status=410))

    assert deliver(post, 1) == ["exhausted"]
    assert deliver(post, 2) == []
    assert (post.endpoint().status, len(post.sender.posted)) == ("disabled", 1)


def test_what_was_recorded_before_disabling_is_exhausted() -> None:
    post = a_post(Answer(status=410))
    refs = [delivering.match(a_submit(number), FINAL, post.store)[0] for number in (1, 2)]

    assert [delivering.attempt(ref, post.room).status for ref in refs] == ["exhausted", "exhausted"]


def test_a_long_backlog_is_drained_in_several_goes() -> None:
    post = a_post(REFUSED)
    deliver(post, *range(30))

    assert (probe(post), post.endpoint().status) == ("more", "failing")
    assert (probe(post), post.endpoint().status) == ("drained", "active")
    assert len(post.sender.posted) == 31


def test_two_first_failures_at_once_leave_one_schedule() -> None:
    post = a_post(REFUSED, REFUSED)
    first, second = (delivering.match(a_submit(number), FINAL, post.store)[0] for number in (1, 2))
    meanwhile = replace(post.room, sender=Interrupted(lambda: delivering.attempt(second, post.room)))

    with pytest.raises(Stale):
        delivering.attempt(first, meanwhile)
    assert delivering.attempt(first, post.room).status == "parked"
    assert (post.endpoint().step, waiting(post)) == (1, 2)


def test_a_crash_after_sending_repeats_under_the_same_uid() -> None:
    post = a_post()
    ref = delivering.match(a_submit(), FINAL, post.store)[0]
    delivery = post.store.get(DELIVERIES, delivery_key(ref.endpoint_id, ref.uid))
    delivering.send(post.endpoint(), delivery.uid, delivery.body, post.room)

    assert delivering.attempt(ref, post.room).status == "delivered"
    assert len({posted.headers["webhook-id"] for posted in post.sender.posted}) == 1


def test_a_deleted_endpoint_gets_nothing() -> None:
    post = a_post()
    ref = delivering.match(a_submit(), FINAL, post.store)[0]
    call = delivering.probe_of(post.endpoint())
    endpoints.remove(post.endpoint(), post.store)

    assert delivering.attempt(ref, post.room).status == "exhausted"
    assert draining.probe(call, post.room) == "ignored"
    assert post.sender.posted == []


def test_what_could_not_be_attempted_waits_in_line() -> None:
    post = a_post()
    ref = delivering.match(a_submit(), FINAL, post.store)[0]

    assert delivering.park(ref, post.room).status == "parked"
    assert [delay for _, delay in post.queue.sent] == [60]
    assert (probe(post), tasks(post)) == ("drained", ["task-1"])


def test_a_move_waits_in_line_and_wakes_the_endpoint() -> None:
    post = a_post(events=("task.moved",))

    assert delivering.line_up([a_move(1), a_move(2)], post.store, post.queue) == 2
    assert [message["step"] for message, _ in post.queue.sent] == [0]
    assert probe(post) == "drained"
    assert tasks(post) == ["task-1", "task-2"]


def test_lining_up_again_sends_nothing_twice() -> None:
    post = a_post(events=("task.moved",))
    delivering.line_up([a_move(1)], post.store, post.queue)
    probe(post)

    assert delivering.line_up([a_move(1)], post.store, post.queue) == 0
    assert probe(post) == "drained"
    assert len(post.sender.posted) == 1


def test_an_overdue_endpoint_is_woken_by_the_next_event() -> None:
    post = a_post(REFUSED)
    deliver(post, 1)
    post.clock.pass_time(7_200)

    deliver(post, 2)
    assert [message["step"] for message, _ in post.queue.sent] == [1]
