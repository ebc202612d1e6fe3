"""What CloudFront does with a request before it passes it on: the front's function is asked, as it is deployed."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from infra.bootstrap import ROOT, node

FUNCTION: Final = ROOT / "infra" / "constructs" / "front.js"
RUNNER: Final = Path(__file__).with_name("viewer.cjs")
WITHOUT_BODY: Final = frozenset({"GET", "HEAD"})


class Answer(NamedTuple):
    """An answer as it goes out."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes


#: CloudFront lets nobody send a body with a GET, and says so in a page of its own.
UNWANTED_BODY: Final = Answer(
    403, [("Content-Type", "text/html")], b"<h1>403 ERROR</h1>The request could not be satisfied."
)


class Viewer:
    """One Node that runs the function, started when it is first asked and closed with `close`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._node: subprocess.Popen[str] | None = None

    def refusal(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> Answer | None:
        """The answer to a request that is not passed on, else None; raises RuntimeError when the function failed."""
        sent = {name.lower(): value for name, value in headers}
        if method in WITHOUT_BODY and sent.get("content-length", "0") != "0":
            return UNWANTED_BODY
        given = self.run(event(method, target, sent.items()))
        if "statusCode" not in given:
            return None
        named = [(name.title(), held["value"]) for name, held in given["headers"].items()]
        return Answer(given["statusCode"], named, given["body"]["data"].encode())

    def run(self, asked: Mapping[str, Any]) -> Any:
        """What the function makes of an event: the request, or an answer; raises RuntimeError when it fails."""
        with self._lock:
            line = _told(self._started(), json.dumps(asked))
            if not line:
                self.close()
                raise RuntimeError("The front's function failed; Node has said why.")
        return json.loads(line)

    def close(self) -> None:
        """End the Node, if there is one."""
        if self._node is not None:
            self._node.communicate()
        self._node = None

    def _started(self) -> subprocess.Popen[str]:
        if self._node is None:
            command = [str(node() / "node"), str(RUNNER), str(FUNCTION)]
            self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._node


def _told(running: subprocess.Popen[str], line: str) -> str:
    """What Node answers to a line; nothing when it is gone."""
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        running.stdin.write(line + "\n")
        running.stdin.flush()
    except BrokenPipeError:
        return ""
    return running.stdout.readline()


def event(method: str, target: str, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A viewer request as CloudFront hands it over: names of headers in lower case, the query as it was sent."""
    split = urlsplit(f"//front{target}")
    pairs = [part.partition("=")[::2] for part in split.query.split("&") if part]
    named = [(name.lower(), value) for name, value in headers]
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request", "distributionDomainName": "front", "requestId": "local"},
        "viewer": {"ip": "127.0.0.1"},
        "request": {
            "method": method,
            "uri": split.path,
            "querystring": _values(pairs),
            "headers": _values(named),
            "cookies": {},
        },
    }


def _values(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`{"value"}` by name, and all of them as `multiValue` where a name comes more than once."""
    held: dict[str, list[dict[str, str]]] = defaultdict(list)
    for name, value in pairs:
        held[name].append({"value": value})
    return {name: {**each[0], **({"multiValue": each} if len(each) > 1 else {})} for name, each in held.items()}
