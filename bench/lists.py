"""The list of all label rows of a project, as the SDK asks for it, over Amazon's own DynamoDB Local and an S3 server.

The whole way is measured, of the deployed handlers: the request that finds it too long, the run, and the poll.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from bench.measuring import Comparison, Skipped
from bench.memory import python
from gloss.ports import Change

T = TypeVar("T")

ROWS: Final = 100_000
A_REQUEST: Final = 25
FILLING: Final = 6
LIMITS_S: Final = {"the request": 29, "the run": 900, "the poll": 29}
PROGRAM: Final = """
from bench.lists import *
with settled({url!r}, {s3!r}) as walked:
    said = [figure for step in walked() for figure in step]
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), *said)
"""
STEPS: Final = ("the request", "the run", "the poll")


def comparisons() -> Iterator[Comparison | Skipped]:
    """Seconds on the clock and of the processor, and requests, of each step; the greatest memory of all; the answer."""
    from moto.server import ThreadedMotoServer

    from tests.peers.dynamodb import dynamodb_local, lacking

    name = f"a list of {ROWS:,} label rows"
    if lacking():
        yield Skipped(name, lacking())
        return
    with dynamodb_local() as client:
        fill(client)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        s3 = "http://{}:{}".format(*server.get_host_and_port())
        written = python(PROGRAM.format(url=client.meta.endpoint_url, s3=s3))
        kibibytes, *said = map(float, written.splitlines()[-1].split())
        server.stop()
    for place, step in enumerate(STEPS):
        clock, spent, asked = said[3 * place : 3 * place + 3]
        yield _figure(f"{name}, {step}, on the clock", "s", clock, LIMITS_S[step])
        yield _figure(f"{name}, {step}, of the processor", "s", spent)
        yield _figure(f"{name}, {step}, requests of DynamoDB", "requests", asked)
    yield _figure(f"{name}, greatest memory", "MiB", kibibytes / 1024)
    yield _figure(f"{name}, answer", "MB", said[-1] / 10**6)


def _figure(name: str, unit: str, figure: float, bar: float | None = None) -> Comparison:
    return Comparison(name, unit, lambda: figure, better="less", bar=bar, repeats=1)


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


@contextmanager
def settled(url: str, s3: str) -> Iterator[Callable[[], Iterator[tuple[float, ...]]]]:
    """Handlers over those servers; what walks the way, and tells clock, processor and requests of each step."""
    import boto3
    from botocore.config import Config

    from gloss import wiring
    from gloss.adapters.dynamodb import DynamoStore
    from gloss.adapters.memory import MemoryMachines
    from gloss.adapters.s3blobs import S3Blobs

    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    pool = Config(max_pool_connections=50)
    client = boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=url, config=pool)
    bucket = boto3.client("s3", region_name="us-east-1", endpoint_url=s3)
    bucket.create_bucket(Bucket="own")
    asked: Counter[str] = Counter()
    client.meta.events.register("before-call.dynamodb.*", lambda model, **_: asked.update([model.name]))
    ports = {"store": DynamoStore(client, "state", "outbox"), "blobs": S3Blobs(bucket, "own")}
    with wiring.standing_in(**ports, machines=MemoryMachines()):
        _let_in()
        yield lambda: _walked(asked, bucket)


def _let_in() -> None:
    """An organisation whose Admin is the project's."""
    from gloss import wiring
    from gloss.domain.access import Role
    from gloss.domain.identity import Grant
    from gloss.kinds.identity import GRANTS
    from gloss.ports import Save
    from gloss.services.founding import Founding, found_organisation
    from tests.doorway import ADMIN_TOKEN, PUBLIC_KEY

    ports = wiring.ports()
    founding = Founding(title="Acme", admin_email="admin@acme.io", bearer=ADMIN_TOKEN, public_key=PUBLIC_KEY)
    who = found_organisation(founding, ports)
    person = {"user_id": who.user_id, "org_id": who.org_id, "email": "admin@acme.io", "role": Role.ADMIN}
    grant = {"resource": f"project:{NAMES['id']}", "granted_at": ports.clock.now(), **person}
    ports.store.commit([Save(GRANTS, Grant.model_validate(grant))])


def _walked(asked: Counter[str], bucket: Any) -> Iterator[tuple[float, ...]]:
    from functions.poll.app import handler as poll
    from functions.sdk.app import handler as sdk
    from functions.sdk.write import handler as write
    from gloss.services.authorising import token_digest
    from tests.doorway import call

    query = {"query_type": "labelrowmetadata", "query_method": "GET", "values": {"uid": None, "payload": {}}}
    sent = {"resourcetype": "project", "resourceid": NAMES["id"]}
    answer, figures = _measured(asked, lambda: call(sdk, "POST", "/public", query, **sent))
    yield figures
    place = answer.headers["Location"]
    id_ = token_digest(place.rpartition("/")[2])
    yield _measured(asked, lambda: write({"answer_id": id_}, None))[1]
    fetched, figures = _measured(asked, lambda: call(poll, "GET", place, token=None))
    yield figures
    assert fetched.headers["Location"].startswith("http")
    yield (bucket.head_object(Bucket="own", Key=f"tmp/answers/{id_}.json")["ContentLength"],)


def _measured(asked: Counter[str], work: Callable[[], T]) -> tuple[T, tuple[float, ...]]:
    began, spent, before = time.monotonic(), time.process_time(), asked.total()
    done = work()
    return done, (time.monotonic() - began, time.process_time() - spent, asked.total() - before)
