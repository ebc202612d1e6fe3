"""The HTTP sender: one POST to a pinned public address, no redirects, in a time that no receiver can stretch."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from threading import Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

from gloss.adapters.addresses import AddressRefused, is_public_literal, resolve
from gloss.domain.errors import Fault, Invalid
from gloss.domain.webhooks import Answer

LONGEST_URL: Final = 2_048
PORTS: Final = {"https": 443, "http": 80}


class HttpSender:
    """Posts to https URLs; hosts in `trusted` may also be called by http and lie on private addresses."""

    def __init__(self, trusted: frozenset[str] = frozenset(), timeout_s: float = 15) -> None:
        self._trusted, self._timeout_s = trusted, timeout_s
        self._tls = ssl.create_default_context()

    def vet(self, url: str) -> None:
        reason = self._objection(url)
        if reason:
            raise Invalid("This webhook URL cannot be used.", [Fault("url", reason)])

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        objection = self._objection(url)
        if objection:
            return Answer(status=None, fault=objection)
        started = time.monotonic()
        try:
            status, retry_after_s = self._exchange(urlsplit(url), headers, body)
        except (OSError, UnicodeError, http.client.HTTPException, AddressRefused) as failure:
            return self._silence(failure, _since_ms(started))
        return Answer(status=status, took_ms=_since_ms(started), retry_after_s=retry_after_s)

    def _objection(self, url: str) -> str:
        parts = _parts(url)
        if parts is None or not parts.hostname or parts.username is not None:
            return f"a webhook URL has a host, no user name, and at most {LONGEST_URL} ASCII characters"
        if parts.hostname in self._trusted and parts.scheme in PORTS:
            return ""
        if parts.scheme != "https":
            return "a webhook URL begins with https://"
        return "" if is_public_literal(parts.hostname) else "the address is not public"

    def _silence(self, failure: Exception, took_ms: int) -> Answer:
        late = took_ms >= self._timeout_s * 1_000
        fault = f"no answer within {self._timeout_s:g} s" if late else f"{type(failure).__name__}: {failure}"[:200]
        return Answer(status=None, fault=fault, took_ms=took_ms)

    def _exchange(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> tuple[int, int | None]:
        connection = self._connect(parts)
        end = Timer(self._timeout_s, connection.cut)
        end.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, _retry_after_s(answer.getheader("Retry-After"))
        finally:
            end.cancel()
            connection.close()

    def _connect(self, parts: SplitResult) -> "PinnedConnection":
        host = parts.hostname or ""
        port = parts.port or PORTS[parts.scheme]
        address = resolve(host, port, host in self._trusted)
        tls = self._tls if parts.scheme == "https" else None
        return PinnedConnection(host, port, address, tls, self._timeout_s)


class PinnedConnection(http.client.HTTPConnection):
    """A connection to an address that was checked already, so that a second look-up cannot lead elsewhere."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self.default_port = PORTS["https" if tls else "http"]
        self._address, self._tls = address, tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain
        if self._tls:
            secure = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secure
            secure.do_handshake()

    def cut(self) -> None:
        """End the exchange from outside: a receiver that drips bytes would outlast every socket time-out."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _parts(url: str) -> SplitResult | None:
    """The URL in parts; None when it is not a URL that can stand in a request line."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        reachable = parts.port != 0
    except ValueError:
        return None
    return parts if reachable else None


def _since_ms(started: float) -> int:
    return round((time.monotonic() - started) * 1_000)


def _retry_after_s(header: str | None) -> int | None:
    """Seconds of a Retry-After header in either form of RFC 9110 10.2.3; None when there is none or it is not one."""
    if header is None:
        return None
    if header.strip().isdigit():
        return int(header.strip())
    try:
        return max(0, round(parsedate_to_datetime(header).timestamp() - time.time()))
    except ValueError:
        return None
