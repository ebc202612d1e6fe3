"""Sending a collection back to Annotate: what it would touch, the state before, and the bulk job that does it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from gloss.domain import shards
from gloss.domain.access import Caller
from gloss.domain.bulk import SendToAnnotate
from gloss.domain.collections import Collection, Send, Sending, Sent, Target
from gloss.domain.errors import Conflict, Stale
from gloss.domain.explore import Filters
from gloss.domain.model import CollectionId, JobId, ProjectId, TaskId
from gloss.kinds.active import SENDINGS, sending_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Ports, Save
from gloss.services import bulking, collecting, exploring
from gloss.services.exploring import Desk


class SendView(Sent):
    """What a sending touches, and the bulk job that carries it out (none for a dry run)."""

    request_id: str
    job_id: JobId | None = None


class OnlyId:
    """One id, the same again for the same request."""

    def __init__(self, id_: str) -> None:
        self._id = id_

    def new(self) -> str:
        return self._id


def send(project_id: ProjectId, collection_id: CollectionId, wanted: Send, caller: Caller, desk: Desk) -> SendView:
    """Send every task of a collection back, once for each request id; a dry run only counts.

    Raises StageLocked before the import allows it, and Conflict when the request id was used for something else.
    """
    exploring.opened(project_id, [wanted.needs], desk.ports.store)
    collection = collecting.found(project_id, collection_id, desk.ports.store)
    before = desk.ports.store.find(SENDINGS, sending_key(project_id, wanted.request_id))
    if before is not None:
        return _again(before, collection, wanted)
    targets = _targets(collection, desk)
    sent = _sum(targets)
    if wanted.dry_run:
        return SendView(request_id=wanted.request_id, **dict(sent))
    return _carry_out(collection, wanted, targets, caller, desk.ports)


def _again(before: Sending, collection: Collection, wanted: Send) -> SendView:
    if (before.collection_id, before.send) != (collection.id, wanted):
        raise Conflict(f"The request id {wanted.request_id} was used for another sending; choose a new one.")
    return SendView(request_id=before.id, job_id=before.job_id, **dict(before.sent))


def _carry_out(
    collection: Collection, wanted: Send, targets: Sequence[Target], caller: Caller, ports: Ports
) -> SendView:
    """Note the state before, start the job, note the sending; each step may be repeated after a crash."""
    job_id = JobId(str(uuid5(NAMESPACE_URL, f"sending:{collection.project_id}:{wanted.request_id}")))
    ports.blobs.put(before_key(job_id), shards.lines(targets), "application/x-ndjson")
    operation = SendToAnnotate(
        project_id=collection.project_id,
        collection_id=collection.id,
        reopen_tasks=wanted.reopen_tasks,
        priority=wanted.priority,
        comment=wanted.comment,
    )
    with suppress(Stale):
        bulking.start(operation, [target.task_id for target in targets], caller, replace(ports, ids=OnlyId(job_id)))
    sending = Sending(
        id=wanted.request_id,
        project_id=collection.project_id,
        collection_id=collection.id,
        send=wanted,
        sent=_sum(targets),
        job_id=job_id,
        requested_by=caller.user_id,
        at=ports.clock.now(),
    )
    ports.store.commit([Save(SENDINGS, sending)])
    return _again(sending, collection, wanted)


def before_key(job_id: JobId) -> str:
    """Where it is written how each task stood before it was sent."""
    return f"sendings/{job_id}/before.ndjson"


def _targets(collection: Collection, desk: Desk) -> list[Target]:
    """The tasks of a collection's frames as they stand now, with their frames."""
    inside = Filters(collections=(collection.id,))
    frames: dict[TaskId, list[int]] = {}
    for member in exploring.members(collection.project_id, inside, desk):
        frames.setdefault(TaskId(member.task_id), []).append(int(member.frame.rpartition(":")[2]))
    tasks = desk.ports.store.get_many(TASKS, [task_key(task_id) for task_id in frames])
    return [
        Target(
            task_id=task.id,
            frames=tuple(frames[task.id]),
            stage=task.stage,
            status=task.at(desk.ports.clock.now()).status.value,
            priority=task.priority,
        )
        for task in tasks
    ]


def _sum(targets: Sequence[Target]) -> Sent:
    return Sent(
        tasks=len(targets),
        frames=sum(len(target.frames) for target in targets),
        by_stage=dict(Counter(target.stage for target in targets)),
    )
