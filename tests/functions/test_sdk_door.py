"""How the public SDK's door refuses, and how it knows a request that comes again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.sdk.app import handler
from functions.sdk.legacy import HANDLERS
from gloss.adapters.dynamodb import DynamoStore
from gloss.sdk.left_out import LEFT_OUT, LeftOut
from gloss.sdk.operations import OPERATIONS
from tests.builders_catalog import a_project
from tests.doorway import Answered, House, a_house, a_person, call

TRACE = {"x_cloud_trace_context": "00ff/1;o=1"}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def query(query_type: str, method: str, payload: Any = None, uid: Any = None) -> dict[str, Any]:
    return {"query_type": query_type, "query_method": method, "values": {"uid": uid, "payload": payload}}


def enveloped(answer: Answered) -> tuple[int, int, Any]:
    return answer.status, answer.body["status"], answer.body["response"]


def test_every_legacy_operation_has_its_handler() -> None:
    assert {(row.query_type, row.method) for row in OPERATIONS} == set(HANDLERS)


def test_a_missing_project_and_a_hidden_one_are_refused_alike(house: House) -> None:
    project, stranger = a_project(house).project, a_person(house, "eve@acme.io")

    missing = call(handler, "GET", "/v2/public/projects/none", token=stranger)
    hidden = call(handler, "GET", f"/v2/public/projects/{project.id}", token=stranger)

    assert (missing.status, hidden.status) == (403, 403)
    assert missing.body == hidden.body


def test_an_unknown_token_is_unauthenticated_on_both_generations(house: House) -> None:
    v2 = call(handler, "GET", "/v2/public/projects/x", token="nobody")
    legacy = call(handler, "POST", "/public/user", query("project", "POST"), token="nobody")

    assert (v2.status, set(v2.body)) == (401, {"message"})
    assert enveloped(legacy) == (200, 401, ["SSH_KEY_NOT_FOUND_ERROR"])


@pytest.mark.parametrize("body", ["{", "[]", "\x00", json.dumps({"query_type": 3})])
def test_a_legacy_body_that_is_no_query_keeps_the_envelope(house: House, body: str) -> None:
    answer = call(handler, "POST", "/public/user", body)

    assert enveloped(answer) == (200, 400, ["INVALID_ARGUMENTS_ERROR"])


def test_an_unknown_query_type_keeps_the_envelope(house: House) -> None:
    answer = call(handler, "POST", "/public", query("teapot", "GET"), resourcetype="project", resourceid="p")

    assert enveloped(answer) == (200, 405, ["METHOD_NOT_ALLOWED_ERROR"])


def test_a_refusal_names_what_is_wrong(house: House) -> None:
    answer = call(handler, "POST", "/v2/public/ontologies", {"title": "x", "editor": {"objects": [{"id": "1"}]}})

    assert answer.status == 400
    assert "structure.objects[0].name: Field required" in answer.body["message"]


def test_a_retry_makes_nothing_twice_and_gets_the_first_answer(house: House) -> None:
    first = call(handler, "POST", "/v2/public/ontologies", {"title": "Cars"}, **TRACE)
    again = call(handler, "POST", "/v2/public/ontologies", {"title": "Cars"}, **TRACE)

    assert again.body == first.body
    assert again.headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize("changed", [{"title": "Buses"}, {"title": "Cars", "description": "d"}])
def test_another_body_under_the_same_trace_is_another_request(house: House, changed: dict[str, str]) -> None:
    first = call(handler, "POST", "/v2/public/ontologies", {"title": "Cars"}, **TRACE)
    other = call(handler, "POST", "/v2/public/ontologies", changed, **TRACE)

    assert other.body["ontologyUuid"] != first.body["ontologyUuid"]


def test_another_span_of_the_same_trace_is_another_request(house: House) -> None:
    spans = [f"00ff/{span};o=1" for span in (1, 2)]

    made = [call(handler, "POST", "/v2/public/ontologies", {"title": "Cars"}, x_cloud_trace_context=it) for it in spans]

    assert len({answer.body["ontologyUuid"] for answer in made}) == 2


def test_a_fault_of_ours_keeps_the_envelope_and_may_be_tried_again() -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    with a_house(store=Broken()):
        answer = call(handler, "POST", "/public/user", query("project", "POST"))

    assert enveloped(answer) == (500, 500, ["UNKNOWN_ERROR"])


class Busy:
    """A client of a table that takes no more."""

    def __init__(self, code: str) -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": "slow down"}}, "GetItem")

    def __getattr__(self, name: str) -> Any:
        def refuse(**_: Any) -> Any:
            raise self._error

        return refuse


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_table_that_takes_no_more_is_told_as_a_rate_limit_in_the_envelope(code: str) -> None:
    with a_house(store=DynamoStore(Busy(code), "records", "outbox")):  # type: ignore[arg-type]
        legacy = call(handler, "POST", "/public/user", query("project", "POST"))
        v2 = call(handler, "GET", "/v2/public/projects")

    assert enveloped(legacy) == (429, 429, ["RATE_LIMIT_ERROR"])
    assert (v2.status, list(v2.body)) == (429, ["message"])


def test_stored_answers_are_readable_to_nobody_else(house: House) -> None:
    call(handler, "POST", "/v2/public/ontologies", {"title": "Secret cars"}, **TRACE)

    records = house.ports.store._records  # type: ignore[attr-defined]
    receipts = [str(kept) for key, kept in records.items() if key.partition.startswith("RECEIPT#")]
    assert receipts
    assert all("Secret cars" not in kept for kept in receipts)


@pytest.mark.parametrize("part", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out_says_what_to_do_instead(house: House, part: LeftOut) -> None:
    v2 = [call(handler, method, f"/v2/public/{path}", {}) for method, path in part.calls]
    legacy = [call(handler, "POST", "/public/user", query(each, "POST")) for each in part.legacy]

    assert {(it.status, part.instead in it.body["message"]) for it in v2} <= {(405, True)}
    assert {(it.body["status"], part.instead in it.body["payload"]) for it in legacy} <= {(405, True)}


def test_an_unknown_path_is_answered_with_404(house: House) -> None:
    answer = call(handler, "GET", "/v2/public/no/such/thing")

    assert (answer.status, answer.body) == (404, {"message": "There is no such route."})
