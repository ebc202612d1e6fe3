"""What happened to tasks since an index was planned: read from the archive of events, laid over the index's frames."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
from pydantic_core import from_json

from gloss.ports import Blobs

#: Folders (days) that may still grow: the latest, and the one before it for events that come late.
_GROWING = 2

OVERLAID = """SELECT f.* REPLACE (coalesce(c.stage, f.stage) AS stage, coalesce(c.priority, f.priority) AS priority)
              FROM read_parquet('{path}') f LEFT JOIN changes c USING (task_id)"""


class Latest(NamedTuple):
    """Where a task is since when, and its priority if that was changed."""

    at: datetime
    stage: str
    priority: float | None


class Changes:
    """The latest stage and priority of every task that changed; folders of events are read bit by bit."""

    def __init__(self, blobs: Blobs, db: duckdb.DuckDBPyConnection) -> None:
        self._blobs, self._db = blobs, db
        self._latest: dict[str, Latest] = {}
        self._read: set[str] = set()
        self._done: set[str] = set()
        db.execute("CREATE TABLE changes (task_id VARCHAR, stage VARCHAR, priority DOUBLE)")

    def catch_up(self, folders: Sequence[str]) -> None:
        """Take in the events of these folders, in the order of their days, that were not read before."""
        fresh = [event for folder in folders if folder not in self._done for event in self._unread(folder)]
        for event in fresh:
            if "task_id" in event and "to_stage" in event:
                self._note(event)
        if fresh:
            self._lay_over()
        self._done.update(folders[:-_GROWING])

    def _unread(self, folder: str) -> Iterator[dict[str, Any]]:
        for key in self._blobs.keys(folder):
            if key not in self._read:
                self._read.add(key)
                yield from map(from_json, self._blobs.get(key).splitlines())

    def _note(self, event: dict[str, Any]) -> None:
        """Keep the latest: events may arrive out of order, but each says when it happened."""
        told = Latest(datetime.fromisoformat(event["at"]), event["to_stage"], event.get("priority"))
        known = self._latest.get(event["task_id"], told)
        earlier, later = sorted((known, told), key=lambda it: it.at)
        priority = earlier.priority if later.priority is None else later.priority
        self._latest[event["task_id"]] = later._replace(priority=priority)

    def _lay_over(self) -> None:
        ids, latest = list(self._latest), list(self._latest.values())
        self._db.execute("DELETE FROM changes")
        columns = [ids, [it.stage for it in latest], [it.priority for it in latest]]
        self._db.execute("INSERT INTO changes SELECT unnest(?), unnest(?), unnest(?)", columns)
