"""Customers' media on web servers: ranged requests to pinned public addresses, few redirects, nothing written."""

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from threading import Timer
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from gloss.adapters.addresses import AddressRefused, PublicGate, resolve
from gloss.adapters.webhooks import PORTS, PinnedConnection
from gloss.clouds import Listed
from gloss.domain.errors import Forbidden, GlossError, Invalid, NotFound, Upstream
from gloss.domain.integration import Reach
from gloss.domain.locations import Cloud, locate_web

WEB: Final = Reach(frozenset({Cloud.HTTPS}))
MOST_REDIRECTS: Final = 5
MOST_SKIPPED: Final = 16 * 2**20
SLOWEST_BYTES_S: Final = 2**18
#: No object is larger than its size has digits.
MOST_DIGITS: Final = 18
MOVED: Final = frozenset({301, 302, 303, 307, 308})
REFUSALS: Final[Mapping[int, tuple[type[GlossError], str]]] = {
    401: (Forbidden, "The server asks for a secret to read {url}; the integration has none, or another one."),
    403: (Forbidden, "The server does not let this integration read {url}."),
    404: (NotFound, "There is no object at {url}."),
    410: (NotFound, "There is no object at {url} any more."),
}


class Door(NamedTuple):
    """Who may be asked and how: hosts that may be private, the header that opens the origin, trust and patience."""

    trusted: frozenset[str] = frozenset()
    secret: Mapping[str, str] = {}
    tls: ssl.SSLContext | None = None
    timeout_s: float = 25


class WebMedia:
    """Objects by https URL; the secret is sent to the reach's own origin and is lost on the way to any other."""

    def __init__(self, reach: Reach = WEB, door: Door = Door()) -> None:  # noqa: B008
        self._reach, self._door = reach, door
        self._tls = door.tls or ssl.create_default_context()
        self._gate = PublicGate(door.trusted)
        self._sizes: dict[str, int] = {}

    def size(self, url: str) -> int:
        if url not in self._sizes:
            self.read(url, 0, 1)
        return self._sizes[url]

    def read(self, url: str, start: int, length: int) -> bytes:
        """One ranged request; a server that knows no ranges is read from its beginning, up to 16 MiB of it."""
        place = self._reach.locate(url).url
        with self._answer(place, {"Range": f"bytes={start}-{start + length - 1}"}, length) as answer:
            self._sizes[url] = _size(answer, place)
            if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return b""
            if answer.status == HTTPStatus.OK:
                _skip(answer, start, place)
            return _read(answer, length, place)

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        del body, content_type
        raise Forbidden(f"{url} cannot be written: a web server is only read; write with an integration of its store.")

    def signed_get(self, url: str, seconds: int) -> str:
        """A public URL is as good as a signed one."""
        del seconds
        if self._door.secret:
            raise Forbidden(f"{url} opens only with the integration's secret, so no link to it can be signed.")
        return self._reach.locate(url).url

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        del after
        raise Forbidden(f"{prefix} cannot be listed: a web server has no listing; name each file by its URL.")

    @contextmanager
    def _answer(self, url: str, headers: Mapping[str, str], length: int) -> Iterator[http.client.HTTPResponse]:
        """The answer at the end of the redirects; all of them together end in time."""
        ahead = url
        for _ in range(MOST_REDIRECTS + 1):
            with self._exchange(ahead, headers, length) as answer:
                if answer.status not in MOVED:
                    _demand_good(answer, url)
                    yield answer
                    return
                ahead = _ahead(ahead, answer.getheader("Location", ""))
        raise Upstream(f"{url} is redirected more than {MOST_REDIRECTS} times.")

    @contextmanager
    def _exchange(self, url: str, headers: Mapping[str, str], length: int) -> Iterator[http.client.HTTPResponse]:
        connection = self._connect(url)
        end = Timer(self._door.timeout_s + length / SLOWEST_BYTES_S, connection.cut)
        end.daemon = True
        end.start()
        try:
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={**headers, "Accept-Encoding": "identity", **self._secret(url)})
            with connection.getresponse() as answer:
                yield answer
        except (OSError, http.client.HTTPException) as lost:
            raise Upstream(f"The server of {url} did not answer: {type(lost).__name__}.") from lost
        finally:
            end.cancel()
            connection.close()

    def _connect(self, url: str) -> PinnedConnection:
        origin = self._origin(url)
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        try:
            address = resolve(host, port, host in self._door.trusted)
        except AddressRefused as refused:
            raise Forbidden(f"{url} cannot be read: {refused}.") from refused
        except OSError as lost:
            raise Upstream(f"The host of {url} was not found.") from lost
        tls = self._tls if parts.scheme == "https" else None
        return PinnedConnection(host, port, address, tls, self._door.timeout_s)

    def _origin(self, url: str) -> str:
        """Scheme, host and port, of a trusted host as they are, of any other as a public URL has them."""
        plain = "/".join(url.split("/")[:3])
        if urlsplit(url).hostname in self._door.trusted and not self._gate.objection(plain):
            return plain
        try:
            return locate_web(url).host
        except Invalid as refused:
            raise Forbidden(refused.message) from refused

    def _secret(self, url: str) -> Mapping[str, str]:
        own = self._reach.endpoint
        return self._door.secret if own is not None and url.startswith(f"{own}/") else {}


def _ahead(url: str, location: str) -> str:
    """Where a redirect leads; raises Upstream when it is no URL. Servers write names in it as they are."""
    try:
        return urljoin(url, quote(location.encode("latin-1"), "%?#[]/~!$&'()*+,;=:@"))
    except ValueError as broken:
        raise Upstream(f"{url} is redirected to something that is no URL.") from broken


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _demand_good(answer: http.client.HTTPResponse, url: str) -> None:
    if answer.status in REFUSALS:
        kind, message = REFUSALS[answer.status]
        raise kind(message.format(url=url))
    if answer.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}:
        raise Upstream(f"The server of {url} answered {answer.status}.")


def _size(answer: http.client.HTTPResponse, url: str) -> int:
    whole = answer.getheader("Content-Range", "").rpartition("/")[2]
    text = answer.getheader("Content-Length", "") if answer.status == HTTPStatus.OK else whole
    if not _is_number(text):
        raise Upstream(f"The server of {url} does not say how large it is (Content-Range or Content-Length).")
    return int(text)


def _skip(answer: http.client.HTTPResponse, start: int, url: str) -> None:
    if start > MOST_SKIPPED:
        raise Upstream(f"The server of {url} knows no ranges, which a file of that size needs.")
    answer.read(start)


def _read(answer: http.client.HTTPResponse, length: int, url: str) -> bytes:
    body, said = answer.read(length), answer.getheader("Content-Length", "0")
    if not _is_number(said):
        raise Upstream(f"The server of {url} does not say how much it sends (Content-Length).")
    if answer.status == HTTPStatus.PARTIAL_CONTENT and len(body) < min(length, int(said)):
        raise Upstream(f"The server of {url} broke off.")
    return body
