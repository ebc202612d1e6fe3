"""Stands for the distribution and the gateway on a port of its own: passes requests on, and keeps their limits."""

import argparse
import http.client
import json
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from infra.local.viewer import Viewer

GATEWAY_BYTES: Final = 10 * 1024 * 1024
#: What Lambda takes in one event, and gives back.
LAMBDA_BYTES: Final = 6_291_556
#: A smaller body is within that whatever stands in it.
SMALL_BYTES: Final = 1024 * 1024
TOO_LARGE: Final = "Request Entity Too Large"
TIMEOUT_S: Final = 30.0
IDLE_S: Final = 20.0
OURS: Final = "x-gloss-raw-target"
#: So much of a body that was refused is still read, for so long, since many clients write it whole before they read.
LINGERED_BYTES: Final = 64 * 1024 * 1024
LINGER_S: Final = 5.0
HOP_BY_HOP: Final = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "host",
    "content-length",
}
TEXT: Final = ("text/", "application/json", "application/javascript", "application/xml")


class Front(BaseHTTPRequestHandler):
    """One client connection, kept alive, with one connection behind it."""

    protocol_version = "HTTP/1.1"
    endpoint = ""
    api = ""
    viewer = Viewer()
    timeout = 75

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._behind: http.client.HTTPConnection | None = None
        self._used = 0.0

    def finish(self) -> None:
        if self._behind is not None:
            self._behind.close()
        super().finish()

    def serve(self) -> None:
        """Read, check, pass on, answer."""
        refusal = self.viewer.refusal(self.command, self.path, self.headers.items())
        if refusal is not None:
            self._refuse_unread(lambda: self._send(*refusal))
            return
        body = self._body()
        if body is None:
            self._refuse_unread(lambda: self._refuse(413, TOO_LARGE))
        elif _as_event(body, self.headers.get("content-type", "")) > LAMBDA_BYTES:
            self._refuse(413, TOO_LARGE)
        else:
            self._pass_on(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """The API writes the log."""

    def _body(self) -> bytes | None:
        """The request's body, or None when it is longer than the gateway takes."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("content-length") or 0)
        if length > GATEWAY_BYTES:
            return None
        return self.rfile.read(length)

    def _chunks(self) -> bytes | None:
        parts, total = [], 0
        while size := int(self.rfile.readline().split(b";")[0], 16):
            total += size
            if total > GATEWAY_BYTES:
                return None
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)

    def _pass_on(self, body: bytes) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {*HOP_BY_HOP, OURS}}
        headers |= {OURS: self.path, "Content-Length": str(len(body))}
        target = f"/_aws/execute-api/{self.api}/$default{self.path}"
        try:
            behind = self._connection()
            behind.request(self.command, target, body, headers)
            answer = behind.getresponse()
            content = answer.read()
        except (TimeoutError, ConnectionError, http.client.HTTPException):
            self._drop()
            self._refuse(503, "Service Unavailable")
        else:
            self._used = time.monotonic()
            self._answer(answer, content)

    def _connection(self) -> http.client.HTTPConnection:
        """The connection behind this one; a fresh one when the other side may have closed it."""
        if self._behind is not None and time.monotonic() - self._used > IDLE_S:
            self._drop()
        if self._behind is None:
            self._behind = http.client.HTTPConnection(self.endpoint, timeout=TIMEOUT_S)
            self._behind.connect()
            self._behind.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._behind

    def _drop(self) -> None:
        if self._behind is not None:
            self._behind.close()
        self._behind = None

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        if len(content) > LAMBDA_BYTES:
            self._refuse(502, "Internal Server Error")
            return
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        self._send(answer.status, headers, content)

    def _refuse_unread(self, answer: Callable[[], None]) -> None:
        """Answered at once; the connection is closed only after the client had time to write its body."""
        self.close_connection = True
        answer()
        self.connection.settimeout(LINGER_S)
        left = min(int(self.headers.get("content-length") or LINGERED_BYTES), LINGERED_BYTES)
        with suppress(OSError):
            while left > 0 and (read := len(self.rfile.read1(left))):
                left -= read

    def _refuse(self, status: int, message: str) -> None:
        content = json.dumps({"message": message, "errors": []}).encode()
        self._send(status, [("Content-Type", "application/json")], content)

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        """Head and body in one write, so that no acknowledgement is waited for between them."""
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('Answer',))[0]}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if status not in {204, 304}:
            lines.append(f"Content-Length: {len(content)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + content)


def _as_event(body: bytes, kind: str) -> int:
    """Bytes that the body takes in the function's event: text in quotes, anything else in base64."""
    if len(body) <= SMALL_BYTES:
        return len(body)
    if not kind.startswith(TEXT):
        return len(body) * 4 // 3
    return len(json.dumps(body.decode(errors="replace"), ensure_ascii=False).encode())


class Server(ThreadingHTTPServer):
    """A thread a connection; many clients may wait."""

    daemon_threads = True
    request_queue_size = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--api", required=True)
    given = parser.parse_args()
    Front.endpoint, Front.api = urlsplit(given.endpoint).netloc, given.api
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Server(("127.0.0.1", given.port), Front).serve_forever()


if __name__ == "__main__":
    main()
