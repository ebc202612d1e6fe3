"""Media on a real web server: ranges, redirects, secrets, and hosts that may not be reached."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gloss.adapters.reaching import OpenMedia, header_of
from gloss.adapters.webmedia import Door, WebMedia
from gloss.domain.errors import Forbidden, NotFound, Upstream
from gloss.domain.integration import Https
from tests.builders_clouds import BODY, a_certificate, a_secret

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class Server(BaseHTTPRequestHandler):
    """Answers by path; `got` holds the paths and headers of all requests."""

    got: list[tuple[str, dict[str, str]]]
    elsewhere = ""

    def do_GET(self) -> None:
        self.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        name = self.path.strip("/").partition("?")[0].partition("/")[0].partition(".")[0]
        getattr(self, f"answer_{name}", lambda: self._say(404))()

    def answer_file(self) -> None:
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        if int(first) >= len(BODY):
            return self._say(416, **{"Content-Range": f"bytes */{len(BODY)}"})
        part = BODY[int(first) : int(last) + 1]
        return self._say(206, part, **{"Content-Range": f"bytes {first}-{last}/{len(BODY)}"})

    def answer_whole(self) -> None:
        self._say(200, BODY)

    def answer_moved(self) -> None:
        self._say(302, Location="/file.bin")

    def answer_round(self) -> None:
        self._say(302, Location="/round")

    def answer_away(self) -> None:
        self._say(307, Location=self.elsewhere)

    def answer_private(self) -> None:
        self._say(302, Location="https://169.254.169.254/latest/meta-data")

    def answer_nonsense(self) -> None:
        self._say(302, Location="https://[nonsense/x")

    def answer_foreign(self) -> None:
        self._say(302, Location="/file.b\u00efn")

    def answer_endless(self) -> None:
        self._say(206, b"x", **{"Content-Range": f"bytes 0-0/{'9' * 5000}"})

    def answer_unmeasured(self) -> None:
        self.send_response(206)
        self.send_header("Content-Range", "bytes 0-0/9")
        self.send_header("Content-Length", "some")
        self.end_headers()
        self.wfile.write(b"x")

    def answer_closed(self) -> None:
        self._say(403)

    def answer_broken(self) -> None:
        self._say(500)

    def answer_secret(self) -> None:
        known = self.headers.get("Authorization") == "Bearer open-sesame"
        self.answer_file() if known else self._say(401)

    def answer_drip(self) -> None:
        threading.Event().wait(5)

    def log_message(self, *_: Any) -> None:
        return

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(elsewhere: str = "", tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[Any]]]:
    handler = type("Handler", (Server,), {"got": [], "elsewhere": elsewhere})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}", handler.got  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web() -> Iterator[tuple[str, list[Any]]]:
    with serving() as opened:
        yield opened


def media_at(origin: str, **door: Any) -> WebMedia:
    return WebMedia(Https(origin=origin).reach(), Door(**{"trusted": LOOPBACK, **door}))


def test_ranges_are_read_and_tell_the_size(web: tuple[str, list[Any]]) -> None:
    origin, got = web
    media = media_at(origin)

    assert media.read(f"{origin}/file.bin", 10, 5) == BODY[10:15]
    assert media.read(f"{origin}/file.bin", 250, 100) == BODY[250:]
    assert media.read(f"{origin}/file.bin", 256, 100) == b""
    assert media.size(f"{origin}/file.bin") == 256
    assert [headers["range"] for _, headers in got] == ["bytes=10-14", "bytes=250-349", "bytes=256-355"]


def test_a_server_without_ranges_is_read_from_its_beginning(web: tuple[str, list[Any]]) -> None:
    origin, _ = web

    assert media_at(origin).read(f"{origin}/whole.bin", 10, 5) == BODY[10:15]
    assert media_at(origin).size(f"{origin}/whole.bin") == 256
    with pytest.raises(Upstream, match="ranges"):
        media_at(origin).read(f"{origin}/whole.bin", 2**30, 5)


def test_https_is_spoken_and_the_certificate_must_fit() -> None:
    ours, trusting = a_certificate("127.0.0.1")
    with serving(tls=ours) as (origin, _):
        assert media_at(origin, tls=trusting).read(f"{origin}/file.bin", 0, 3) == BODY[:3]
        with pytest.raises(Upstream, match="SSL"):
            media_at(origin).read(f"{origin}/file.bin", 0, 3)


@pytest.mark.parametrize(
    ("path", "kind", "says"),
    [
        ("none", NotFound, "no object"),
        ("closed", Forbidden, "does not let"),
        ("secret", Forbidden, "asks for a secret"),
        ("broken", Upstream, "answered 500"),
        ("round", Upstream, "more than 5"),
        ("private", Forbidden, "no name of the public internet"),
        ("nonsense", Upstream, "no URL"),
        ("endless", Upstream, "how large"),
        ("unmeasured", Upstream, "how much"),
    ],
)
def test_a_refusal_names_the_url_and_the_reason(
    web: tuple[str, list[Any]], path: str, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says) as refused:
        media_at(web[0]).read(f"{web[0]}/{path}", 0, 1)
    assert path in str(refused.value) or path == "private"


def test_a_redirect_is_followed_and_its_target_checked_again(web: tuple[str, list[Any]]) -> None:
    origin, _ = web

    assert media_at(origin).read(f"{origin}/moved", 3, 2) == BODY[3:5]


def test_a_redirect_to_a_name_that_is_not_encoded_is_followed(web: tuple[str, list[Any]]) -> None:
    origin, got = web

    assert media_at(origin).read(f"{origin}/foreign", 3, 2) == BODY[3:5]
    assert got[-1][0] == "/file.b%EFn"


SECRETS = [
    ({"kind": "bearer", "token": "open-sesame"}, ("authorization", "Bearer open-sesame")),
    ({"kind": "basic", "user": "ann", "password": "open sesame"}, ("authorization", "Basic YW5uOm9wZW4gc2VzYW1l")),
    ({"kind": "header", "name": "X-Api-Key", "value": "open sesame"}, ("x-api-key", "open sesame")),
]


@pytest.mark.parametrize(("secret", "header"), SECRETS)
def test_a_secret_opens_its_own_origin_and_goes_to_no_other(secret: dict[str, str], header: tuple[str, str]) -> None:
    with serving() as (other, seen), serving(f"{other}/file.bin") as (origin, got):
        media = media_at(origin, secret=header_of(a_secret(**secret)))
        assert media.read(f"{origin}/away", 0, 1) == BODY[:1]

    assert got[0][1][header[0]] == header[1]
    assert header[0] not in seen[0][1]


def test_no_link_is_signed_with_a_secret_and_a_public_one_is_the_url_itself() -> None:
    bearer = {"Authorization": "Bearer x"}

    with pytest.raises(Forbidden, match="secret"):
        WebMedia(Https(origin="https://a.io").reach(), Door(secret=bearer)).signed_get("https://a.io/x", 60)
    assert WebMedia().signed_get("https://a.io/x y", 60) == "https://a.io/x%20y"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_is_not_reached_unless_the_deployment_lets_it(host: str) -> None:
    with pytest.raises(Forbidden, match=r"public internet|does not belong"):
        WebMedia(Https(origin=f"https://{host}").reach()).read(f"https://{host}/x", 0, 1)


def test_a_server_that_keeps_silent_is_left_in_time(web: tuple[str, list[Any]]) -> None:
    with pytest.raises(Upstream, match="did not answer"):
        media_at(web[0], timeout_s=0.3).read(f"{web[0]}/drip", 0, 1)


def test_nothing_is_written_to_a_web_server_or_listed_there() -> None:
    with pytest.raises(Forbidden, match="only read"):
        WebMedia().write("https://example.com/a", b"", "text/plain")
    with pytest.raises(Forbidden, match="no listing"):
        next(WebMedia().listed("https://example.com/", None))


def test_without_an_integration_each_url_goes_to_its_own_store() -> None:
    media = OpenMedia(WebMedia(), WebMedia())

    assert media.signed_get("https://example.com/a", 60) == "https://example.com/a"
