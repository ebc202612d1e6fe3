"""The function that CloudFront asks before every request, run as it is deployed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gloss.routes import ROUTES
from infra.constructs.front import FUNCTION
from infra.documents import openapi
from infra.local import viewer as local
from infra.local.viewer import Answer, Viewer, event

MB = 1024 * 1024
FUNCTION_TAKES = 10 * 1024
JSON = ("Content-Type", "application/json")
BINARY = ("Content-Type", "application/octet-stream")


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    viewer = Viewer()
    yield viewer
    viewer.close()


def refused(viewer: Viewer, path: str, size: int, kind: tuple[str, str] = JSON) -> tuple[Answer, dict[str, Any]]:
    answer = viewer.refusal("POST", path, [kind, ("Content-Length", str(size))])

    assert answer is not None
    return answer, json.loads(answer.content)


def passed(viewer: Viewer, path: str, *headers: tuple[str, str]) -> bool:
    return viewer.refusal("POST", path, headers) is None


def a_viewer_request(**headers: str) -> dict[str, Any]:
    """The example of the developer guide, as a POST."""
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "viewer-request",
            "requestId": "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==",
        },
        "viewer": {"ip": "198.51.100.11"},
        "request": {
            "method": "POST",
            "uri": "/v1/folders",
            "querystring": {"ID": {"value": "42"}, "q": {"value": "a%20b", "multiValue": [{"value": "a%20b"}]}},
            "headers": {name.replace("_", "-"): {"value": value} for name, value in headers.items()},
            "cookies": {},
        },
    }


def test_a_request_is_passed_on_as_it_came(viewer: Viewer) -> None:
    asked = a_viewer_request(host="d111111abcdef8.cloudfront.net", content_type="application/json", content_length="9")

    assert viewer.run(asked) == asked["request"]


def test_a_label_row_that_is_too_large_is_named_its_uploads_in_the_sdks_envelope(viewer: Viewer) -> None:
    (status, _, _), told = refused(viewer, "/public", 5 * MB + 1)
    message = (
        "At most 5 MB a request; save larger label rows through "
        "POST /v1/projects/{project_id}/label-rows/{label_hash}/uploads."
    )

    assert status == 413
    assert told == {"status": 413, "response": ["INVALID_ARGUMENTS_ERROR"], "payload": message, "message": message}


@pytest.mark.parametrize("path", ["/v1/folders/f/manifests", "/v2/public/projects", "/public/users", "/"])
def test_other_requests_are_refused_in_our_own_shape(viewer: Viewer, path: str) -> None:
    told = refused(viewer, path, 5 * MB + 1)[1]

    assert told == {
        "message": "At most 5 MB a request; send larger manifests through POST /v1/folders/{folder_id}/manifests, "
        "larger label rows through POST /v1/projects/{project_id}/label-rows/{row_id}/uploads.",
        "errors": [],
    }


def test_the_routes_that_it_names_are_there(viewer: Viewer) -> None:
    ours = {route.path.replace("{row_id}", "{label_hash}") for route in ROUTES if route.method == "POST"}
    named = " ".join(refused(viewer, path, 6 * MB)[1]["message"] for path in ("/public/user", "/v1/projects"))

    paths = {word.rstrip(".,") for word in named.replace("{row_id}", "{label_hash}").split() if word.startswith("/")}

    assert len(paths) == 2
    assert paths <= ours


@pytest.mark.parametrize(("kind", "most"), [(JSON, 5 * MB), (BINARY, 4.5 * MB), (("Accept", "*/*"), 4.5 * MB)])
def test_bytes_count_as_what_they_become_in_the_event(viewer: Viewer, kind: tuple[str, str], most: float) -> None:
    assert passed(viewer, "/v1/x", kind, ("Content-Length", str(int(most))))
    assert refused(viewer, "/v1/x", int(most) + 1, kind)[1]["message"].startswith(f"At most {most / MB:g} MB")


@pytest.mark.parametrize("kind", ["text/csv", "application/json; charset=utf-8", "Application/JSON"])
def test_text_is_known_by_how_its_type_begins(viewer: Viewer, kind: str) -> None:
    assert passed(viewer, "/v1/x", ("content-type", kind), ("content-length", str(5 * MB)))


@pytest.mark.parametrize("told", ["", "many", "-1", "0"])
def test_what_tells_no_length_is_left_to_the_gateway(viewer: Viewer, told: str) -> None:
    assert passed(viewer, "/public", JSON)
    assert passed(viewer, "/public", JSON, ("Content-Length", told))


def test_a_get_with_a_body_is_refused_as_cloudfront_does(viewer: Viewer) -> None:
    refusal = viewer.refusal("GET", "/v1/me", [JSON, ("Content-Length", "2")])

    assert refusal is not None
    assert refusal.status == 403
    assert viewer.refusal("GET", "/v1/me", [JSON, ("Content-Length", "0")]) is None
    assert viewer.refusal("DELETE", "/v1/me", [JSON, ("Content-Length", "2")]) is None


def test_no_doorway_wants_a_body_of_a_get() -> None:
    reading = [operations["get"] for operations in openapi()["paths"].values() if "get" in operations]

    assert len(reading) > 50
    assert not [each for each in reading if "requestBody" in each]


def test_a_refusal_may_be_read_by_any_page_and_kept_by_nobody(viewer: Viewer) -> None:
    headers = dict(refused(viewer, "/v1/x", 6 * MB)[0].headers)

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/v2/public/organisation/users/ann%40acme.io", "/v2/public/organisation/users/{email}"),
        ("/v2/public/answers/4f1c", "/v2/public/answers/{token}"),
    ],
)
def test_a_refusal_is_logged_without_addresses_and_tokens(
    sent: str, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    viewer = Viewer()
    refused(viewer, sent, 6 * MB)
    viewer.close()

    logged = json.loads(capfd.readouterr().err)

    assert logged == {"method": "POST", "path": path, "status": 413, "bytes": 6 * MB}


def test_a_function_that_fails_is_no_answer_and_the_next_is_asked_anew(viewer: Viewer) -> None:
    with pytest.raises(RuntimeError, match="function failed"):
        viewer.run({"request": None})

    assert passed(viewer, "/v1/x", JSON)


def test_a_node_that_was_killed_is_started_again(viewer: Viewer) -> None:
    viewer.run(a_viewer_request())
    node = viewer._node
    assert node is not None
    node.kill()
    node.wait()

    with pytest.raises(RuntimeError, match="function failed"):
        viewer.run(a_viewer_request())
    assert passed(viewer, "/v1/x", JSON)


def test_what_is_run_here_is_what_is_deployed() -> None:
    assert local.FUNCTION == FUNCTION


def test_it_needs_nothing_that_cloudfront_does_not_have() -> None:
    code = FUNCTION.read_text()

    assert len(code.encode()) <= FUNCTION_TAKES
    assert not [word for word in ("require(", "import ", "process", "async ", "eval(") if word in code]


def test_an_event_names_headers_in_lower_case_and_keeps_the_query_as_sent() -> None:
    asked = event("GET", "/v1/a%2Fb?tag=a%20b&tag=c&x", [("X-One", "1")])["request"]

    assert (asked["uri"], asked["headers"]) == ("/v1/a%2Fb", {"x-one": {"value": "1"}})
    assert asked["querystring"]["tag"] == {"value": "a%20b", "multiValue": [{"value": "a%20b"}, {"value": "c"}]}
    assert asked["querystring"]["x"] == {"value": ""}
