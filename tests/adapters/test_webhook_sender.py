"""The HTTP sender against a real receiver on loopback: what it sends, what it refuses, how long it waits."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gloss.adapters.webhooks import HttpSender
from gloss.domain.envelopes import signed_headers
from gloss.domain.errors import Invalid
from tests.builders_webhooks import NOW

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
SECRET = "0123456789abcdef" * 4


class Receiver(BaseHTTPRequestHandler):
    """Answers by path; `got` holds what came."""

    got: list[tuple[str, dict[str, str], bytes]]
    once_failed: bool

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        getattr(self, f"answer_{self.path.strip('/').partition('?')[0]}")()

    def answer_ok(self) -> None:
        self._say(204)

    def answer_gone(self) -> None:
        self._say(410)

    def answer_elsewhere(self) -> None:
        self._say(302, Location="/ok")

    def answer_busy(self) -> None:
        self._say(429, **{"Retry-After": "120"})

    def answer_flaky(self) -> None:
        self._say(503 if len(self.got) == 1 else 200)

    def answer_slow(self) -> None:
        time.sleep(0.9)

    def answer_drip(self) -> None:
        for _ in range(9):
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_: Any) -> None:
        return

    def _say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def a_receiver() -> Iterator[tuple[str, type[Receiver]]]:
    """A receiver's URL and what it got."""
    kind = type("OneReceiver", (Receiver,), {"got": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", kind
    finally:
        server.shutdown()
        server.server_close()


def test_the_receiver_gets_the_very_bytes_and_headers() -> None:
    body = '{"ä":1}'.encode()
    headers = signed_headers(SECRET, "uid-1", body, NOW)
    with a_receiver() as (url, receiver):
        answer = HttpSender(LOOPBACK).post(f"{url}/ok?team=a", headers, body)

    path, sent, got = receiver.got[0]
    assert (answer.accepted, answer.status, path, got) == (True, 204, "/ok?team=a", body)
    assert sent.items() >= {name.lower(): value for name, value in headers.items()}.items()


def test_a_redirect_is_not_followed_and_fails() -> None:
    with a_receiver() as (url, receiver):
        answer = HttpSender(LOOPBACK).post(f"{url}/elsewhere", {}, b"{}")

    assert (answer.status, answer.accepted, len(receiver.got)) == (302, False, 1)


def test_gone_and_retry_after_are_told() -> None:
    with a_receiver() as (url, _):
        sender = HttpSender(LOOPBACK)

        assert sender.post(f"{url}/gone", {}, b"{}").status == 410
        assert sender.post(f"{url}/busy", {}, b"{}").retry_after_s == 120


def test_a_receiver_may_fail_and_then_accept() -> None:
    with a_receiver() as (url, _):
        sender = HttpSender(LOOPBACK)

        assert [sender.post(f"{url}/flaky", {}, b"{}").status for _ in range(2)] == [503, 200]


@pytest.mark.parametrize("path", ["slow", "drip"])
def test_a_receiver_cannot_stretch_the_time(path: str) -> None:
    with a_receiver() as (url, _):
        answer = HttpSender(LOOPBACK, timeout_s=0.3).post(f"{url}/{path}", {}, b"{}")

    assert (answer.status, answer.fault) == (None, "no answer within 0.3 s")
    assert answer.took_ms < 1_000


def test_a_closed_port_is_a_fault_and_raises_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answer = HttpSender(LOOPBACK).post(f"http://127.0.0.1:{taken.getsockname()[1]}/", {}, b"{}")

    assert answer.status is None
    assert answer.fault.startswith("ConnectionRefusedError")


def test_a_receiver_without_tls_fails_a_secure_request() -> None:
    with a_receiver() as (url, receiver):
        answer = HttpSender(LOOPBACK).post(url.replace("http:", "https:") + "/ok", {}, b"{}")

    assert (answer.status, receiver.got) == (None, [])
    assert answer.fault.startswith("SSLError")


def test_a_name_that_leads_inside_is_refused() -> None:
    with a_receiver() as (url, receiver):
        port = url.rpartition(":")[2]
        answer = HttpSender().post(f"https://localhost:{port}/ok", {}, b"{}")

    assert answer.fault == "AddressRefused: localhost leads to an address that is not public"
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/",
        "ftp://receiver.example/",
        "https://",
        "https://user:secret@receiver.example/",
        "https://receiver.example:99999/",
        "https://receiver.example:0/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nX: y",
        "https://rücken.example/",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://receiver.example/" + "a" * 2_048,
    ],
)
def test_urls_that_may_never_be_called_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        HttpSender().vet(url)
    assert HttpSender().post(url, {}, b"{}").status is None


@pytest.mark.parametrize("url", ["https://receiver.example/a?b=c", "https://receiver.example:8443", "https://1.1.1.1/"])
def test_public_https_urls_pass(url: str) -> None:
    HttpSender().vet(url)


def test_trusted_hosts_may_be_called_without_tls() -> None:
    HttpSender(LOOPBACK).vet("http://127.0.0.1:9000/hook")
