"""Stands for the gateway on a port of its own: passes requests on to the API and keeps the gateway's limits."""

import argparse
import base64
import http.client
import json
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

GATEWAY_BYTES: Final = 10 * 1024 * 1024
LAMBDA_BYTES: Final = 6 * 1024 * 1024
TIMEOUT_S: Final = 30.0
IDLE_S: Final = 20.0
OURS: Final = "x-gloss-raw-target"
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
TOO_LARGE: Final = (
    "At most {mb} MB a request; send larger manifests through POST /v1/folders/{{folder_id}}/manifests, "
    "larger label rows through POST /v1/projects/{{project_id}}/label-rows/{{row_id}}/uploads."
)
LEGACY: Final = ("/public", "/public/user")
ROW_TOO_LARGE: Final = (
    "At most {mb} MB a request; save larger label rows through "
    "POST /v1/projects/{{project_id}}/label-rows/{{label_hash}}/uploads."
)
TEXT: Final = ("text/", "application/json", "application/javascript", "application/xml")


class Front(BaseHTTPRequestHandler):
    """One client connection, kept alive, with one connection behind it."""

    protocol_version = "HTTP/1.1"
    endpoint = ""
    api = ""
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
        body = self._body()
        if body is None or len(body) > GATEWAY_BYTES:
            self._refuse_body(10)
        elif self._as_event(body) > LAMBDA_BYTES:
            self._refuse_body(6)
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
            self.close_connection = True
            return None
        return self.rfile.read(length)

    def _chunks(self) -> bytes | None:
        parts, total = [], 0
        while size := int(self.rfile.readline().split(b";")[0], 16):
            total += size
            if total > GATEWAY_BYTES:
                self.close_connection = True
                return None
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)

    def _as_event(self, body: bytes) -> int:
        """Bytes that the body takes in the function's event, where it is text or base64."""
        kind = self.headers.get("content-type", "")
        return len(body) if kind.startswith(TEXT) else len(base64.b64encode(body))

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

    def _refuse_body(self, mb: int) -> None:
        if self.path not in LEGACY:
            self._refuse(413, TOO_LARGE.format(mb=mb))
            return
        message = ROW_TOO_LARGE.format(mb=mb)
        body = {"status": 413, "response": ["INVALID_ARGUMENTS_ERROR"], "payload": message, "message": message}
        self._send(413, [("Content-Type", "application/json")], json.dumps(body).encode())

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
