"""Gloss in one process on a loopback port: the deployed handlers over records in memory and a real S3 server.

    python -m tests.sdk.loopback [arguments for pytest]

runs the SDK's suite against it within seconds; the same suite runs against the local cloud in tests/flows.
State machines are walked beside the requests, each of which waits a moment for the end of what it started; webhooks and
the outbox's readers do not run here. The front's function is asked before every request, as CloudFront asks it.
"""

import importlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from contextvars import Context, copy_context
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import RLock, Thread
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

from moto.server import ThreadedMotoServer

from gloss import edge, wiring
from gloss.adapters.explorer_duckdb import DuckExplorer
from gloss.adapters.memory import MemoryMachines, MemoryVault
from gloss.adapters.timetables import MemoryTimetable
from gloss.domain.errors import NotFound
from gloss.services.founding import Founding, found_organisation
from infra.bootstrap import ROOT, installed
from infra.local.demo.client import Client
from infra.local.viewer import Answer, Viewer
from infra.rooms import MACHINES
from tests.sdk.counting import BOUND, CountingStore, Ledger
from tests.sdk.target import Site, prepare
from tests.walk import Failed, walk

LEGACY: Final = {"/public", "/public/user"}
BEARER: Final = "loopback-admin"
#: Whoever starts a machine waits so long for its end; what takes longer goes on beside the requests that follow.
PATIENCE_S: Final = 2.0
OWN, CUSTOMERS = "gloss-own", "suite-media"
SUITE: Final = ROOT / "tests" / "sdk" / "suite"
ENVIRONMENT: Final = ROOT / ".local" / "venv-sdk"


class WalkedMachines(MemoryMachines):
    """Machines that are walked beside the requests; whoever starts one waits for its end, but not for ever."""

    def __init__(self, store: CountingStore) -> None:
        super().__init__()
        self._store = store
        self._runs: dict[tuple[str, str], Thread] = {}
        self.beside = copy_context()

    def start(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        super().start(machine, name, payload)
        run = Thread(target=self.beside.copy().run, args=(self._walk, machine, name, payload), daemon=True)
        self._runs[machine, name] = run
        run.start()
        run.join(PATIENCE_S)

    def is_running(self, machine: str, name: str) -> bool:
        run = self._runs.get((machine, name))
        return run is not None and run.is_alive() and (machine, name) not in self.stopped

    def _walk(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        with self._store.aside(), suppress(Failed):
            walk(machine, MACHINES[machine][0].room, payload, name)


@contextmanager
def loopback(ledger: Ledger) -> Iterator[Site]:
    """A running Gloss with its first Admin and a customer's bucket; the ledger is told what each call asks."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    store = _store(server.get_host_and_port())
    records = CountingStore()
    machines = WalkedMachines(records)
    ports: dict[str, Any] = {"store": records, "machines": machines, "vault": MemoryVault()}
    ports["timetable"] = MemoryTimetable()
    try:
        with wiring.standing_in(**ports), _explored():
            founding = {"title": "Suite", "admin_email": "admin@suite.io", "bearer": BEARER}
            machines.beside = copy_context()
            found_organisation(Founding(**founding, public_key=uuid4().hex * 2), wiring.ports())
            with _served(copy_context(), records, ledger) as url, closing(Client(url, BEARER)) as admin:
                yield Site(admin, BEARER, store, CUSTOMERS)
    finally:
        server.stop()


@contextmanager
def _explored() -> Iterator[None]:
    """An explorer whose indexes are closed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        explorer = DuckExplorer(wiring.blobs(), Path(folder))
        with closing(explorer), wiring.standing_in(explorer=explorer):
            yield


def _store(place: tuple[str, int]) -> Any:
    """The S3 server's client, after its buckets are made and the handlers are told where it is."""
    endpoint = f"http://{place[0]}:{place[1]}"
    os.environ.update(AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    os.environ.update(AWS_DEFAULT_REGION="us-east-1", GLOSS_BUCKET=OWN, GLOSS_MEDIA_ALLOW="127.0.0.1")
    logging.getLogger("gloss").setLevel(logging.ERROR)
    client = wiring.client("s3")
    for bucket in (OWN, CUSTOMERS):
        client.create_bucket(Bucket=bucket)
    return client


@contextmanager
def _served(context: Context, records: CountingStore, ledger: Ledger) -> Iterator[str]:
    viewer = Viewer()
    bound = {"context": context, "records": records, "ledger": ledger, "viewer": viewer}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Gateway,), bound))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        viewer.close()


class _Gateway(BaseHTTPRequestHandler):
    """Hands to the rooms what the front's function lets pass, one at a time and with the path decoded."""

    protocol_version = "HTTP/1.1"
    context: Context
    records: CountingStore
    ledger: Ledger
    viewer: Viewer
    lock = RLock()

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        refusal = self.viewer.refusal(self.command, self.path, self.headers.items())
        if refusal is not None:
            self._send(refusal)
            return
        with self.lock:
            answer = self.context.copy().run(self._answered, body)
        self._send(Answer(answer["statusCode"], list(answer["headers"].items()), answer["body"].encode()))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in [*answer.headers, ("Content-Length", str(len(answer.content)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """The rooms write the log."""

    def _answered(self, body: bytes) -> Any:
        path, _, query = self.path.partition("?")
        path = unquote(path)
        room, call = self._called(path, body)
        self.records.requests = []
        answer = importlib.import_module(f"functions.{room}.app").handler(self._event(path, query, body), None)
        if answer["statusCode"] in {200, 303}:
            self.ledger.note(call, self.records.requests)
        return answer

    def _called(self, path: str, body: bytes) -> tuple[str, str]:
        """The room that answers, and what is asked of it: the route, or the operation of a legacy URL."""
        try:
            route = edge.matching(self.command, path)[0]
        except NotFound:
            return ("sdk" if path.startswith("/v2/") else "report"), path
        legacy = f"{json.loads(body)['query_method']} {json.loads(body)['query_type']}" if route.path in LEGACY else ""
        return route.room, legacy or f"{route.method} {route.path}"

    def _event(self, path: str, query: str, body: bytes) -> dict[str, Any]:
        http = {"method": self.command, "path": path}
        return {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "requestContext": {"http": http, "requestId": str(uuid4()), "stage": "$default"},
            "body": body.decode() or None,
            "isBase64Encoded": False,
        }


def run_suite(target: Path, arguments: list[str]) -> int:
    """The suite in the SDK's own environment; its exit status."""
    installed(ENVIRONMENT, "sdk")
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    chosen = [each for each in arguments if (not each.startswith("-") and "::" in each) or each.endswith(".py")]
    where = [] if chosen else [str(SUITE)]
    environment = {**os.environ, "GLOSS_SDK_TARGET": str(target)}
    command += ["-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE), *where, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Serve, run the suite, stop; the suite's exit status, and not 0 when a call asked more than it may."""
    status, ledger = told(arguments)
    beyond = ledger.beyond()
    sys.stdout.write(f"{ledger.told()}\nCalls about one thing beyond {BOUND} requests: {beyond or 'none'}\n")
    return status or len(beyond)


def told(arguments: list[str]) -> tuple[int, Ledger]:
    """The suite's exit status, and what its calls asked of the table."""
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder, loopback(ledger) as site:
        integration = site.admin.post("/v1/integrations", {"title": "Suite"})
        return run_suite(prepare(Path(folder), site, integration), arguments), ledger


if __name__ == "__main__":
    ended = main(sys.argv[1:])
    sys.stdout.flush()
    # After the whole suite a native library of the rooms crashes while the interpreter is taken down, which would hide
    # how the suite ended; everything of ours is closed by now.
    os._exit(ended)
