"""A web server that keeps whoever reads from it waiting, so that a story meets a job while it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Final

LONGEST_WAIT_S: Final = 20


class Site(ThreadingHTTPServer):
    """It tells its address and whether anybody has asked, and answers only once it is opened: that nothing is there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Slow)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked, self.opened, self.answered = Event(), Event(), Event()


class _Slow(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.opened.wait(LONGEST_WAIT_S)
        self.send_error(404)
        self.server.answered.set()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def a_slow_site() -> Iterator[Site]:
    """One that is opened at the end of the block."""
    with Site() as site:
        Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield site
        finally:
            site.opened.set()
            site.answered.wait(LONGEST_WAIT_S)
            site.shutdown()
