"""A webhook receiver on loopback: verifies each signature, fails the first attempt of each event, counts the rest."""

import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

TOLERANCE_S = 300


class Receiver:
    """Listens while it is entered; `accepted` holds the events that were taken, `attempts` every try by uid."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.accepted: list[dict[str, Any]] = []
        self.attempts: Counter[str] = Counter()
        self.forged = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, body: bytes, timestamp: str, signature: str) -> int:
        """The status to answer: 401 for a forged one, 503 for the first attempt of an event, 200 afterwards."""
        with self._lock:
            if not any(verified(secret, body, timestamp, signature) for secret in self.secrets):
                self.forged += 1
                return 401
            event = json.loads(body)
            self.attempts[event["uid"]] += 1
            if self.attempts[event["uid"]] == 1:
                return 503
            self.accepted.append(event)
            return 200


def verified(secret: str, body: bytes, timestamp: str, signature: str) -> bool:
    """Whether the signature is the secret's HMAC over `{timestamp}.{body}` and the timestamp is fresh."""
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = (self.headers.get("X-Encord-Timestamp", ""), self.headers.get("X-Encord-Signature", ""))
            self.send_response(receiver.take(body, *given))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent: the demo prints its own table."""

    return Handler
