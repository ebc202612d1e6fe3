"""The local front keeps the limits of what it stands for, and passes everything else on untouched."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.local.front import GATEWAY_BYTES, LAMBDA_BYTES, Front, Server
from infra.local.viewer import Viewer

FRAMING = {"Content-Length", "Connection"}


class Behind(BaseHTTPRequestHandler):
    """Says what reached it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        told = {"target": self.path, "raw": self.headers.get_all("x-gloss-raw-target"), "bytes": len(body)}
        content = b"x" * (LAMBDA_BYTES + 1) if self.path.endswith("/huge") else json.dumps(told).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[int]:
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def client() -> Iterator[http.client.HTTPConnection]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Behind)) as behind:
        aimed = type("Aimed", (Front,), {"endpoint": f"127.0.0.1:{behind}", "api": "abc"})
        with serving(Server(("127.0.0.1", 0), aimed)) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            yield connection
            connection.close()


def ask(client: http.client.HTTPConnection, target: str, body: object = b"", **headers: str) -> tuple[int, dict]:
    client.request("POST", target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read())


def test_the_untouched_target_is_passed_on_beside_the_request(client) -> None:
    status, told = ask(client, "/v1/a%2Fb?x=%20", x_gloss_raw_target="/forged")

    assert status == 201
    assert told["target"] == "/_aws/execute-api/abc/$default/v1/a%2Fb?x=%20"
    assert told["raw"] == ["/v1/a%2Fb?x=%20"]


def test_a_body_in_chunks_arrives_whole(client) -> None:
    assert ask(client, "/v1/x", iter([b"abc", b"de"]), content_type="application/json")[1]["bytes"] == 5


def test_one_connection_carries_many_requests(client) -> None:
    assert [ask(client, "/v1/x", b"1" * size)[1]["bytes"] for size in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("target", ["/public", "/public/user", "/v1/projects", "/v2/public/projects?x=1"])
@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
def test_what_is_too_large_is_refused_by_the_very_function_of_the_distribution(client, target: str, kind: str) -> None:
    size, viewer = LAMBDA_BYTES + 1, Viewer()
    refusal = viewer.refusal("POST", target, [("Content-Type", kind), ("Content-Length", str(size))])
    viewer.close()

    client.request("POST", target, b"x" * size, {"Content-Type": kind})
    answer = client.getresponse()

    assert refusal == (answer.status, [it for it in answer.getheaders() if it[0] not in FRAMING], answer.read())


def test_a_body_that_is_too_large_is_refused_unread(client) -> None:
    client.putrequest("POST", "/v1/x")
    client.putheader("Content-Length", str(GATEWAY_BYTES))
    client.endheaders()

    assert client.getresponse().status == 413


def test_a_body_in_chunks_gets_the_gateways_own_words(client) -> None:
    status, told = ask(client, "/v1/x", iter([b"1" * (GATEWAY_BYTES + 1)]), content_type="application/json")

    assert (status, told["message"]) == (413, "Request Entity Too Large")


def test_a_body_of_quotes_counts_as_what_it_becomes_in_the_event(client) -> None:
    size = LAMBDA_BYTES // 2 - 8

    assert ask(client, "/v1/x", b'"' * size, content_type="application/json")[0] == 201
    assert ask(client, "/v1/x", b'"' * (size + 16), content_type="application/json")[0] == 413


def test_an_answer_that_no_function_could_give_is_a_fault(client) -> None:
    assert ask(client, "/huge")[0] == 502


def test_silence_behind_is_answered_by_service_unavailable(client) -> None:
    with serving(Server(("127.0.0.1", 0), type("Aimed", (Front,), {"endpoint": "127.0.0.1:9", "api": "abc"}))) as port:
        alone = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

        assert ask(alone, "/v1/x") == (503, {"message": "Service Unavailable", "errors": []})
        alone.close()
