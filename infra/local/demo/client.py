"""A client of the HTTP API, as a user would write one: a token, JSON, an Idempotency-Key on every POST."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

WAIT_S = 240.0


class Refused(Exception):
    """The API answered with an error; the message is what it said."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        super().__init__(f"{method} {path} answered {response.status_code}: {response.text[:2000]}")
        self.status = response.status_code
        self.body: Any = response.json() if "json" in response.headers.get("content-type", "") else response.text


class Client:
    """Calls one deployment in the name of one person."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self.url = url

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        return self._call("GET", path, params=params or None)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Idempotency-Key": str(uuid4()), **headers}
        return self._call("POST", path, json={} if body is None else body, headers=sent)

    def put(self, path: str, body: Any) -> Any:
        return self._call("PUT", path, json=body)

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def every(self, path: str, **params: Any) -> Iterator[Any]:
        """All entries of a paged list."""
        page = self.get(path, **params)
        yield from page["entries"]
        while page["next_token"]:
            page = self.get(path, **params, token=page["next_token"])
            yield from page["entries"]

    def _call(self, method: str, path: str, **request: Any) -> Any:
        response = self._http.request(method, path, **request)
        if response.is_error:
            raise Refused(method, path, response)
        return response.json()


def until(check: Any, what: str, every_s: float = 0.3, within_s: float = WAIT_S) -> Any:
    """Ask again until the answer is not None; raises TimeoutError that says what was waited for."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        answer = check()
        if answer is not None:
            return answer
        time.sleep(every_s)
    raise TimeoutError(f"{what} did not happen within {within_s:.0f} s")
