"""A whole registration on a local cloud of its own: what a thousand images ask of AWS, and what that would cost.

The functions are warmed; then each manifest is registered twice, once for the functions' milliseconds and once for the
requests, which pass a counting door then. Units follow from sizes by the published rules; time is this machine's.
"""

import json
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from bench.door import Counts, counted
from bench.prices import Usage
from infra.bootstrap import ROOT, prepared
from infra.local import cloud, instance
from infra.local.demo.client import Client, until
from infra.local.home import Home, here
from tests.builders_media import an_image
from tests.metering import a_manifest

ROWS: Final = 1_000
#: The rooms whose functions work for a registration, the relay for the event of its end.
WORKING: Final = ("functions.register.", "functions.relay.")
LOGS: Final = re.compile("RegisterLog|RelayLog")
REPORT: Final = re.compile(r"^REPORT .*Billed Duration: (\d+) ms\tMemory Size: (\d+) MB")
#: What Step Functions bills: each state that is entered; in a map the emulator tells of its tasks alone.
STATES: Final = ("TaskScheduled", "ChoiceStateEntered", "MapStateEntered")
FRUIT: Final = "s3://a-bucket-of-fruit/"
#: Longer than the block that a probe reads first, as photographs are.
PHOTO: Final = an_image("JPEG", (320, 240))


@dataclass(frozen=True)
class Cloud:
    """A running instance, and a client of its API."""

    home: Home
    told: Mapping[str, Any]
    api: Client

    def aws(self, service: str) -> Any:
        """A client that passes no door."""
        return cloud.client(self.home, service)


@dataclass(frozen=True)
class Run:
    """What one registration left in the machine's history and in the functions' logs."""

    events: Counter[str]
    reports: tuple[tuple[int, int], ...]

    @property
    def transitions(self) -> int:
        return sum(self.events[each] for each in STATES)

    @property
    def milliseconds(self) -> int:
        return sum(each for each, _ in self.reports)

    @property
    def gb_seconds(self) -> float:
        return sum(ms * mb for ms, mb in self.reports) / 1000 / 1024


@dataclass(frozen=True)
class Cost:
    """Of one manifest: requests through the door, and a run without it."""

    counts: Counts
    run: Run

    def usage(self) -> Usage:
        """What is billed: the requests of the one, the functions' time of the other."""
        units = self.counts.units
        return Usage(
            write_units=units.write_units + units.index_units,
            read_units=units.read_units,
            s3_writes=self.counts.of("s3", "PUT", "POST", "LIST"),
            s3_reads=self.counts.of("s3", "GET", "HEAD"),
            transitions=self.run.transitions,
            invocations=len(self.run.reports),
            gb_seconds=self.run.gb_seconds,
            api_requests=1,
        )


def costs() -> dict[str, Cost]:
    """Of images whose facts the manifest tells, and of images whose headers are read."""
    with running() as at:
        bodies = {"facts told": manifest(FRUIT), "headers read": photographs(at)}
        folders = iter([str(at.api.post("/v1/folders", {"title": "Bench"})["id"]) for _ in range(5)])
        registered(at, next(folders), bodies["facts told"])
        runs = {name: registered(at, next(folders), body) for name, body in bodies.items()}
        return {name: Cost(through_a_door(at, next(folders), body), runs[name]) for name, body in bodies.items()}


@contextmanager
def running() -> Iterator[Cloud]:
    """A fresh instance, gone afterwards with its data."""
    os.environ.update(prepared(cloud=True))
    folder = ROOT / ".local-tests" / f"bench-{os.getpid()}"
    home = here({"GLOSS_HOME": str(folder), "GLOSS_PORT": "0"})
    try:
        instance.up(home)
        told = json.loads(home.described.read_text())
        with closing(Client(told["url"], told["bearer"])) as api:
            yield Cloud(home, told, api)
    finally:
        instance.down(home)
        shutil.rmtree(folder, ignore_errors=True)


def manifest(base: str, *left_out: str) -> str:
    """NDJSON, a row an image."""
    rows = ({"kind": "image", **row} for row in a_manifest(ROWS, {})["images"])
    lines = (json.dumps({name: said for name, said in row.items() if name not in left_out}) for row in rows)
    return "".join(f"{line}\n" for line in lines).replace(FRUIT, base)


def photographs(at: Cloud) -> str:
    """The manifest of as many images that lie in the media bucket, and tells nothing of them."""
    bucket, store = at.told["media_bucket"], at.aws("s3")
    body = manifest(f"s3://{bucket}/", "imageMetadata")
    for line in body.splitlines():
        key = json.loads(line)["objectUrl"].removeprefix(f"s3://{bucket}/")
        store.put_object(Bucket=bucket, Key=key, Body=PHOTO)
    return body


def registered(at: Cloud, folder: str, ndjson: str) -> Run:
    """Hand a manifest in and wait for the machine, asking no function of Gloss; then for the logs of every function."""
    since = int(time.time() * 1000)
    wanted = {"ndjson": ndjson, "integration_id": at.told["integration_id"]}
    job = at.api.post(f"/v1/folders/{folder}/data-upload-jobs", wanted)
    run = until(lambda: ended(at, str(job["id"])), "the end of the registration", within_s=600)
    events = Counter(each["type"] for each in every(at.aws("stepfunctions"), "get_execution_history", run, "events"))
    # beside the machine's: the function that took the manifest, and the one that archived the event of the end
    invoked = events["TaskScheduled"] + 2
    return Run(events, until(lambda: reports(at, since, invoked), f"the log of {invoked} invocations"))


def ended(at: Cloud, job_id: str) -> Mapping[str, str] | None:
    """The execution of a job, once it is over; raises RuntimeError when that registered less than everything."""
    states = at.aws("stepfunctions")
    machines = (each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"])
    machine = next(arn for arn in machines if "RegistrationMachine" in arn)
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{job_id}"
    told = states.describe_execution(executionArn=arn)
    if told["status"] == "RUNNING":
        return None
    done = json.loads(told.get("output", "{}")).get("counts", {}).get("done")
    if done != ROWS:
        raise RuntimeError(f"{done} of {ROWS} images were registered; the machine {told['status']}.")
    return {"executionArn": arn}


def reports(at: Cloud, since: int, many: int) -> tuple[tuple[int, int], ...] | None:
    """Milliseconds and megabytes of so many invocations since then, once all are there."""
    logs = at.aws("logs")
    groups = [each["logGroupName"] for each in every(logs, "describe_log_groups", {}, "logGroups")]
    lines = (
        line["message"]
        for group in filter(LOGS.search, groups)
        for line in every(logs, "filter_log_events", {"logGroupName": group, "startTime": since}, "events")
    )
    found = tuple((int(told[1]), int(told[2])) for line in lines if (told := REPORT.match(line)))
    return found if len(found) >= many else None


def every(client: Any, operation: str, asked: Mapping[str, Any], entries: str) -> Iterator[Any]:
    """The entries of every page."""
    return (each for page in client.get_paginator(operation).paginate(**asked) for each in page[entries])


def through_a_door(at: Cloud, folder: str, ndjson: str) -> Counts:
    """What the functions ask of the cloud meanwhile."""
    with counted(at.home.endpoint) as (endpoint, counts):
        lead(at, endpoint)
        registered(at, folder, ndjson)
        return counts


def lead(at: Cloud, endpoint: str) -> None:
    """Every function that works for a registration reaches the cloud there from now on."""
    functions = at.aws("lambda")
    for each in every(functions, "list_functions", {}, "Functions"):
        if each["Handler"].startswith(WORKING):
            variables = each["Environment"]["Variables"] | {"AWS_ENDPOINT_URL": endpoint}
            functions.update_function_configuration(
                FunctionName=each["FunctionName"], Environment={"Variables": variables}
            )
