"""What a function may not return lies in Gloss's bucket, where the answer sends the client; queries read as sent."""

import json

import pytest
from pydantic_core import to_json

from functions.catalog.app import handler
from gloss import edge
from gloss.requests import HttpEvent
from tests.doorway import a_house, an_http_event, call, query


def test_an_answer_over_four_megabytes_is_fetched_from_the_bucket() -> None:
    with a_house() as house:
        described = {"title": "Long", "description": "é" * 4096}
        for _ in range(540):
            assert call(handler, "POST", "/v1/datasets", described).status == 200

        answered = call(handler, "GET", query("/v1/datasets", limit=1000))

        stored = house.ports.blobs.get(next(iter(house.ports.blobs.keys("tmp/answers/"))))
        assert (answered.status, answered.body) == (303, None)
        assert "tmp/answers/" in answered.headers["Location"]
        assert len(json.loads(stored)["entries"]) == 540
        assert len(stored) > edge.LARGEST_ANSWER


@pytest.mark.parametrize("text", ['"', "\\", "é", "🚗"])
def test_an_answer_counts_with_what_it_grows_by_in_what_a_function_returns(text: str) -> None:
    said = to_json(text * (3 * 2**19 // len(text.encode())))

    with a_house():
        assert len(said) < edge.LARGEST_ANSWER < len(json.dumps(said.decode()))
        assert edge.written(iter([said])).status_code == 303


def test_a_comma_in_a_query_belongs_to_the_value() -> None:
    sent = an_http_event("GET", query("/v1/projects/p/tasks", title="Rome, 2026", names="a") + "&names=b", None, {})

    read = HttpEvent(sent).resolved_query_string_parameters

    assert read == {"title": ["Rome, 2026"], "names": ["a", "b"]}
