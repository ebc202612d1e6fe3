"""A door before the local cloud that passes every AWS request on as it is, and counts it."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast
from urllib.parse import urlsplit

from tests.metering import Units

SERVICE: Final = re.compile(r"/([a-z0-9-]+)/aws4_request")
#: What one connection agrees on with its next; the other side writes its own.
OF_THE_LINE: Final = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}


class Counts:
    """Requests by service and operation, and the units of those that DynamoDB gets."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.units = Units()
        self._lock = threading.Lock()

    def add(self, operation: str, asked: bytes, answered: bytes) -> None:
        """One request and its answer."""
        with self._lock:
            self.requests[operation] += 1
            service, _, name = operation.partition(" ")
            if service == "dynamodb":
                self.units.asked(name, json.loads(asked))
                self.units.answered(name, json.loads(answered))

    def of(self, service: str, *operations: str) -> int:
        """How many of a service were made, of these operations if any are named."""
        wanted = {f"{service} {each}" for each in operations}
        return sum(
            many for name, many in self.requests.items() if name in wanted or (not wanted and f"{service} " in name)
        )


def operation_of(method: str, target: str, headers: Message) -> str:
    """Service and operation, such as `dynamodb PutItem` or `s3 GET`; a listing is a GET of a bucket."""
    found = SERVICE.search(headers.get("Authorization", ""))
    service = found.group(1) if found else "unsigned"
    if service == "s3":
        listing = method == "GET" and "/" not in urlsplit(target).path.strip("/")
        return "s3 LIST" if listing else f"s3 {method}"
    return f"{service} {headers.get('X-Amz-Target', method).rpartition('.')[2]}"


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_THE_LINE}
        server = cast(_Server, self.server)
        # a connection a request: one that is kept may be closed over there between two
        with closing(HTTPConnection(server.behind, timeout=60)) as behind:
            behind.request(self.command, self.path, body, headers | {"Content-Length": str(len(body))})
            answer = behind.getresponse()
            content = answer.read()
        server.counts.add(operation_of(self.command, self.path, self.headers), body, content)
        self._answer(answer, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Counting is enough."""

    def _answer(self, answer: HTTPResponse, content: bytes) -> None:
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_THE_LINE:
                self.send_header(name, value)
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, endpoint: str, counts: Counts) -> None:
        self.behind, self.counts = urlsplit(endpoint).netloc, counts
        super().__init__(("127.0.0.1", 0), _Passing)


@contextmanager
def counted(endpoint: str) -> Iterator[tuple[str, Counts]]:
    """The door's own endpoint, and what passed through it so far."""
    counts = Counts()
    with _Server(endpoint, counts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", counts
        server.shutdown()
