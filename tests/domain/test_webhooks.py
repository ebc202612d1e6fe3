"""Who hears of what, how it is signed, and when a silent receiver is tried again."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks import Webhook

from gloss.domain import webhooks
from gloss.domain.envelopes import delivery_uid, envelope, payload, signed_headers
from gloss.domain.errors import Conflict
from gloss.domain.events import ExportFinished
from gloss.domain.model import EndpointId, OrgId, ProjectId, StageId, TaskId, UserId
from gloss.domain.scored import BenchmarkScored
from gloss.domain.webhooks import RETRY_S, Announcement, Answer
from tests.builders_webhooks import FINAL, NOW, PROJECT, REFUSED, a_move, a_submit, an_approval, an_endpoint

SECRET = "0123456789abcdef" * 4


def test_a_submit_is_announced_at_the_stage_left() -> None:
    assert webhooks.announcements(a_submit(), FINAL) == (
        Announcement(event="task.submitted", stage=StageId("annotate")),
    )


def test_reaching_the_final_stage_is_announced_as_completion() -> None:
    told = webhooks.announcements(an_approval(), FINAL)

    assert [it.event for it in told] == ["task.approved", "task.completed"]
    assert told[1].stage == "complete"


def test_a_move_to_the_final_stage_completes_nothing() -> None:
    assert [it.event for it in webhooks.announcements(a_move(), FINAL)] == ["task.moved"]


def test_an_event_without_task_is_announced_without_stage() -> None:
    done = ExportFinished(
        id="e", at=NOW, actor=UserId("a"), org_id=OrgId("o"), project_id=PROJECT, export_id="x", status="DONE", rows=1
    )

    assert webhooks.announcements(done, FINAL) == (Announcement(event="export.finished", stage=None),)


def test_a_score_is_announced_with_its_task_and_data_unit() -> None:
    who = {"actor": UserId("a"), "org_id": OrgId("o"), "annotator": UserId("a")}
    what = {"project_id": ProjectId("p"), "task_id": TaskId("t"), "data_id": "d", "score_id": "s"}

    told = payload(BenchmarkScored(id="e", at=NOW, agreement=0.5, **who, **what))

    assert (told["task_uuid"], told["data_hashes"], told["agreement"]) == ("t", ["d"], 0.5)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, True),
        ({"stage_ids": ("annotate",)}, True),
        ({"stage_ids": ("other",)}, False),
        ({"events": ("task.rejected",)}, False),
        ({"status": "failing"}, True),
        ({"status": "disabled"}, False),
    ],
)
def test_an_endpoint_gets_only_what_it_asked_for(fields: dict[str, object], wanted: bool) -> None:
    told = Announcement(event="task.submitted", stage=StageId("annotate"))

    assert webhooks.wants(an_endpoint(**fields), told) is wanted


def test_an_unknown_event_cannot_be_asked_for() -> None:
    with pytest.raises(ValidationError, match=r"there is no event 'task\.imagined'"):
        an_endpoint(events=("task.imagined",))


def test_a_delivery_has_the_same_uid_and_body_each_time() -> None:
    told = Announcement(event="task.submitted", stage=StageId("annotate"))

    assert webhooks.addressed(an_endpoint(), told, a_submit()) == webhooks.addressed(an_endpoint(), told, a_submit())


def test_two_announcements_of_one_event_have_two_uids() -> None:
    endpoint = EndpointId("endpoint-1")

    assert delivery_uid(endpoint, "e", "task.approved") != delivery_uid(endpoint, "e", "task.completed")


def test_the_envelope_is_sorted_json_with_lists_of_hashes() -> None:
    body = envelope("uid-1", "task.submitted", a_submit())

    told = json.loads(body)
    assert list(told) == sorted(told)
    assert (told["event_type"], told["version"], told["uid"]) == ("task_submitted_event", 1, "uid-1")
    assert told["event_created_timestamp"] == "2026-01-01T00:00:01.000000+00:00"
    assert told["payload"]["data_hashes"] == ["data-1"]
    assert told["payload"]["project_hash"] == PROJECT


def test_the_first_signature_is_the_one_of_the_encord_contract() -> None:
    headers = signed_headers(SECRET, "uid-1", b'{"a":1}', NOW)

    moment = headers["X-Encord-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + b'{"a":1}', hashlib.sha256).hexdigest()
    assert (moment, headers["X-Encord-Signature"]) == (str(int(NOW.timestamp())), expected)


@given(body=st.text(alphabet=st.characters(codec="utf-8"), min_size=1), secret=st.binary(min_size=32, max_size=32))
def test_standard_webhooks_accepts_the_second_signature(body: str, secret: bytes) -> None:
    headers = signed_headers(secret.hex(), "uid-1", body.encode(), datetime.now(UTC))

    Webhook(secret.hex()).verify(body, headers, json_parse=False)


def test_the_probes_of_a_dead_receiver_span_three_days() -> None:
    endpoint, now = an_endpoint(), NOW
    while endpoint.status != "disabled":
        endpoint = webhooks.failed(endpoint, REFUSED, now)
        now = endpoint.probe_at or now

    assert timedelta(seconds=sum(RETRY_S)) <= now - NOW <= timedelta(seconds=1.1 * sum(RETRY_S))
    assert endpoint.reason.startswith("No attempt succeeded since 2026-01-01")


@given(step=st.integers(0, len(RETRY_S) - 1), name=st.text(min_size=1, max_size=40))
def test_jitter_adds_at_most_a_tenth(step: int, name: str) -> None:
    delay = webhooks.probe_delay_s(an_endpoint(id=name, step=step), None)

    assert RETRY_S[step] <= delay <= 1.1 * RETRY_S[step]


def test_a_longer_retry_after_is_honoured_up_to_a_day() -> None:
    assert webhooks.probe_delay_s(an_endpoint(), 600) == 600
    assert webhooks.probe_delay_s(an_endpoint(), 10**9) == 86_400


def test_a_receiver_that_is_gone_is_disabled_at_once() -> None:
    gone = webhooks.failed(an_endpoint(), Answer(status=410), NOW)

    assert (gone.status, gone.probe_at) == ("disabled", None)


@pytest.mark.parametrize(("status", "accepted"), [(200, True), (299, True), (301, False), (404, False), (None, False)])
def test_only_a_two_hundred_status_counts_as_accepted(status: int | None, accepted: bool) -> None:
    assert Answer(status=status).accepted is accepted


def test_recovering_forgets_the_failure() -> None:
    failing = webhooks.failed(an_endpoint(), REFUSED, NOW)

    well = webhooks.recovered(failing)
    assert (well.status, well.step, well.failing_since, well.version) == ("active", 0, None, 3)


def test_a_delivery_under_way_cannot_be_sent_again() -> None:
    told = Announcement(event="task.submitted", stage=StageId("annotate"))

    with pytest.raises(Conflict, match="still under way"):
        webhooks.again(webhooks.addressed(an_endpoint(), told, a_submit()))


def test_the_log_keeps_the_last_twenty_attempts() -> None:
    told = Announcement(event="task.submitted", stage=StageId("annotate"))
    delivery = webhooks.addressed(an_endpoint(), told, a_submit())
    for count in range(25):
        delivery = webhooks.attempted(delivery, "parked", Answer(status=500, took_ms=count), NOW)

    assert [attempt.took_ms for attempt in delivery.attempts] == list(range(5, 25))
