"""The list of all label rows of a project, as the SDK asks for it, over Amazon's own DynamoDB Local."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Any, Final
from uuid import UUID

from bench.measuring import Comparison, Skipped
from bench.memory import python
from gloss.ports import Change

ROWS: Final = 20_000
A_REQUEST: Final = 25
FILLING: Final = 6
LIMIT_S: Final = 29
PROGRAM: Final = """
from bench.lists import *
listed = told({url!r})
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), *listed)
"""


def comparisons() -> Iterator[Comparison | Skipped]:
    """Seconds on the clock and of the processor, requests, and the greatest memory of the process that lists."""
    from tests.peers.dynamodb import dynamodb_local, lacking

    name = f"a list of {ROWS:,} label rows over DynamoDB Local"
    if lacking():
        yield Skipped(name, lacking())
        return
    with dynamodb_local() as client:
        fill(client)
        kibibytes, clock, spent, asked, size = map(float, python(PROGRAM.format(url=client.meta.endpoint_url)).split())
    figures = (("on the clock", "s", clock), ("of the processor", "s", spent), ("requests", "requests", asked))
    for what, unit, figure in (*figures, ("greatest memory", "MiB", kibibytes / 1024), ("answer", "MB", size / 10**6)):
        bar = LIMIT_S if what == "on the clock" else None
        yield Comparison(f"{name}, {what}", unit, lambda it=figure: it, better="less", bar=bar, repeats=1)  # type: ignore[misc]


def fill(client: Any) -> None:
    """A project of so many images, each with its data row and its task."""
    from gloss.adapters.dynamodb import DynamoStore
    from tests.adapters.test_queue_on_dynamodb import _table

    for name in ("state", "outbox"):
        client.create_table(**_table(name))
    store = DynamoStore(client, "state", "outbox")

    def put(some: list[Change]) -> None:
        puts = [{"PutRequest": {"Item": store._step(change)["Put"]["Item"]}} for change in some]
        while puts:
            left = client.batch_write_item(RequestItems={"state": puts})["UnprocessedItems"]
            puts = left.get("state", [])

    changes = _changes()
    with ThreadPoolExecutor(FILLING) as pool:
        while under_way := [pool.submit(put, some) for some in _parted(changes, 200)]:
            for each in under_way:
                each.result()


def _parted(changes: Iterator[Change], most: int) -> Iterator[list[Change]]:
    for _ in range(most):
        some = list(islice(changes, A_REQUEST))
        if not some:
            return
        yield some


def _changes() -> Iterator[Change]:
    from gloss.domain.media import Facts, MediaKind
    from gloss.kinds.catalog import DATA_ROWS, ONTOLOGIES, PROJECTS
    from gloss.kinds.register import ITEMS
    from gloss.kinds.workflow import TASKS
    from gloss.ports import Overwrite
    from tests.builders_workflow import a_data_row, a_project, a_task, an_item, an_ontology

    yield Overwrite(PROJECTS, a_project(**NAMES))
    yield Overwrite(ONTOLOGIES, an_ontology())
    facts = Facts(mime_type="image/jpeg", width_px=1920, height_px=1080)
    for number in range(ROWS):
        data_id, item_id = str(UUID(int=number)), str(UUID(int=10**9 + number))
        title, more = f"{number:06}.jpg", {"dataset_id": NAMES["dataset_ids"][0], "item_id": item_id}
        yield Overwrite(TASKS, a_task(data_id=data_id, project_id=NAMES["id"], title=title, **more))
        yield Overwrite(DATA_ROWS, a_data_row(data_id, **{**more, "title": title}))
        yield Overwrite(ITEMS, an_item(id=item_id, title=title, facts=facts, kind=MediaKind.IMAGE))


NAMES: Final[dict[str, Any]] = {"id": str(UUID(int=1)), "dataset_ids": (str(UUID(int=2)),)}


def told(url: str) -> tuple[float, float, int, int]:
    """The whole list as it is written: seconds on the clock, seconds of the processor, requests, bytes."""
    import time
    from collections import Counter

    import boto3
    from botocore.config import Config

    from gloss.adapters.dynamodb import DynamoStore
    from gloss.adapters.memory import memory_ports
    from gloss.remembering import Remembering
    from gloss.sdk.doors import enveloped
    from gloss.sdk.labels import listing
    from gloss.sdk.labels.filters import ListPayload
    from gloss.services.locating import Outlook
    from tests.builders_workflow import a_caller

    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    client = boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=url, config=Config(max_pool_connections=50))
    asked: Counter[str] = Counter()
    client.meta.events.register("before-call.dynamodb.*", lambda model, **_: asked.update([model.name]))
    ports = replace(memory_ports(), store=Remembering(DynamoStore(client, "state", "outbox")))
    began, spent = time.monotonic(), time.process_time()
    entries = listing.entries(ListPayload(), Outlook.of(NAMES["id"], a_caller(), ports), ports)
    size = sum(map(len, enveloped(entries)))
    return time.monotonic() - began, time.process_time() - spent, asked.total(), size
