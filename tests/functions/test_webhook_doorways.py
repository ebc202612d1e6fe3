"""The webhook doorways, called as the gateway calls them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.workflow import webhooks
from gloss import edge, wiring
from gloss.adapters.memory_mail import MemoryAlarms, MemoryQueue, MemorySealer, ScriptedSender
from gloss.adapters.receipts import receipt_id
from gloss.domain.access import Role
from gloss.domain.model import EndpointId
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import RECEIPTS
from gloss.kinds.relay import ENDPOINTS, endpoint_key
from gloss.ports import Key, Save
from gloss.services import delivering, draining
from tests.builders_bulk import a_project
from tests.builders_webhooks import FINAL, PROJECT, a_submit
from tests.doorway import Answered, House, a_house, a_person, call, grant

app = edge.app("workflow")
app.include_router(webhooks.router)
handler = edge.handler(app)
WEBHOOKS = f"/v1/projects/{PROJECT}/webhooks"
WISH = {"url": "https://receiver.test/hook", "events": ["task.submitted"], "stage_ids": ["annotate"]}


@dataclass(frozen=True)
class Desk:
    """A house with a project Admin, and the receiver of its webhooks."""

    house: House
    token: str
    sender: ScriptedSender

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        return call(handler, method, path, body, self.token, **headers)


@pytest.fixture
def desk() -> Iterator[Desk]:
    sender = ScriptedSender()
    ports = {"sealer": MemorySealer(), "redelivery": MemoryQueue(), "alarms": MemoryAlarms()}
    with a_house(sender=sender, **ports) as house:
        token = a_person(house, "ada@acme.io")
        grant(house, "ada@acme.io", f"project:{PROJECT}", Role.ADMIN)
        house.ports.store.commit([Save(PROJECTS, a_project().model_copy(update={"id": PROJECT}))])
        yield Desk(house, token, sender)


def test_the_secret_is_shown_once_and_never_stored(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH)

    secret = made.body["secret"]
    endpoint = desk.house.ports.store.get(ENDPOINTS, endpoint_key(PROJECT, EndpointId(made.body["id"])))
    assert (made.status, len(secret), secret in endpoint.model_dump_json()) == (200, 64, False)
    assert "secret" not in json.dumps(desk.ask("GET", WEBHOOKS).body)


def test_a_repeated_request_gets_the_same_secret_though_no_record_holds_it(desk: Desk) -> None:
    made, again = (desk.ask("POST", WEBHOOKS, WISH, idempotency_key="key-1") for _ in range(2))

    receipt = desk.house.ports.store.get(RECEIPTS, Key(f"RECEIPT#{receipt_id('user-ada@acme.io', 'key-1')}"))
    assert (made.body, again.headers["Idempotent-Replay"]) == (again.body, "true")
    assert made.body["secret"] not in receipt.model_dump_json()


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ({**WISH, "url": "http://receiver.test/"}, None),
        ({**WISH, "events": []}, "events"),
        ({**WISH, "events": ["task.imagined"]}, "events[0]"),
        ({**WISH, "colour": "red"}, "colour"),
        ({**WISH, "stage_ids": ["annotate", "nowhere"]}, "stage_ids[1]"),
    ],
)
def test_a_wish_that_breaks_a_rule_changes_nothing(desk: Desk, wish: dict[str, Any], path: str | None) -> None:
    answer = desk.ask("POST", WEBHOOKS, wish)

    assert answer.status == 422
    assert path is None or answer.body["errors"][0]["path"] == path
    assert desk.ask("GET", WEBHOOKS).body["entries"] == []


def test_only_an_admin_of_the_project_sees_webhooks(desk: Desk) -> None:
    token = a_person(desk.house, "ann@acme.io")

    assert call(handler, "GET", WEBHOOKS, token=token).status == 404
    grant(desk.house, "ann@acme.io", f"project:{PROJECT}", Role.ANNOTATOR)
    assert call(handler, "GET", WEBHOOKS, token=token).status == 403


def test_a_test_request_is_signed_and_told(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH).body

    answer = desk.ask("POST", f"{WEBHOOKS}/{made['id']}/test")
    assert (answer.status, answer.body["status"]) == (200, 200)
    assert json.loads(desk.sender.posted[0].body)["event_type"] == "webhook_test_event"


def test_the_log_shows_each_delivery_with_its_attempts(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH).body
    _deliver(1)

    entry = desk.ask("GET", f"{WEBHOOKS}/{made['id']}/deliveries").body["entries"][0]
    assert (entry["status"], [attempt["status"] for attempt in entry["attempts"]]) == ("delivered", [200])


def test_a_delivery_can_be_sent_again_under_its_uid(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH).body
    uid = _deliver(1)

    answer = desk.ask("POST", f"{WEBHOOKS}/{made['id']}/deliveries/{uid}/redeliver")
    draining.probe(_probe(made["id"]), wiring.mailroom())
    assert (answer.status, answer.body["status"]) == (200, "parked")
    assert [posted.headers["webhook-id"] for posted in desk.sender.posted] == [uid, uid]


def test_a_webhook_can_be_turned_off_and_on(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH).body
    path = f"{WEBHOOKS}/{made['id']}"

    assert desk.ask("PATCH", path, {"enabled": False}).body["status"] == "disabled"
    assert desk.ask("PATCH", path, {"enabled": True, "events": ["task.moved"]}).body["events"] == ["task.moved"]
    assert desk.ask("GET", path).body["status"] == "active"


def test_a_deleted_webhook_is_not_found(desk: Desk) -> None:
    made = desk.ask("POST", WEBHOOKS, WISH).body

    assert desk.ask("DELETE", f"{WEBHOOKS}/{made['id']}").status == 200
    assert desk.ask("GET", f"{WEBHOOKS}/{made['id']}").status == 404


def _probe(endpoint_id: str) -> delivering.Probe:
    return delivering.Probe(project_id=PROJECT, endpoint_id=EndpointId(endpoint_id), step=0)


def _deliver(number: int) -> str:
    ref = delivering.match(a_submit(number), FINAL, wiring.mailroom().store)[0]
    return delivering.attempt(ref, wiring.mailroom()).uid
