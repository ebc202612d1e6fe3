"""Collections of a project as lists of names: `data:frame`, or `data:frame:label` in those of labels.

Which names there are is asked of the project's tasks and their labels, so no import is needed.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from gloss.domain import shards
from gloss.domain.access import Caller
from gloss.domain.collections import Collection, CollectionKind
from gloss.domain.errors import Invalid
from gloss.domain.labels.canvas import frames_of
from gloss.domain.model import CollectionId, DataId, Description, ProjectId, Title, Value
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.active import COLLECTIONS
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Blobs, Ports, Save, Store
from gloss.services import leafing, making

AT_ONCE: Final = 100
MOST_NAMES: Final = 10_000


class Name(NamedTuple):
    """One frame, or one label on it."""

    data_id: DataId
    frame: int
    label: str | None = None

    @property
    def line(self) -> str:
        """The name as it is kept."""
        return ":".join([self.data_id, str(self.frame), *([] if self.label is None else [self.label])])

    @classmethod
    def of(cls, line: str) -> "Name":
        data_id, frame, *label = line.split(":", 2)
        return cls(DataId(data_id), int(frame), label[0] if label else None)


class NewNames(Value):
    """A collection of nothing to make."""

    name: Title
    description: Description = ""
    kind: CollectionKind


class ChangedNames(Value):
    """What to change of a collection; what is left out stays."""

    name: Title | None = None
    description: Description | None = None


def make(project_id: ProjectId, wanted: NewNames, caller: Caller, ports: Ports) -> Collection:
    """A collection of nothing."""
    now = ports.clock.now()
    collection = Collection(
        id=CollectionId(ports.ids.new()),
        project_id=project_id,
        kind=wanted.kind,
        name=wanted.name,
        description=wanted.description,
        members=0,
        created_by=caller.user_id,
        created_at=now,
        edited_at=now,
    )
    return making.once(COLLECTIONS, written(collection, [], ports.blobs), ports.store)


def change(collection: Collection, wanted: ChangedNames, ports: Ports) -> Collection:
    """Its next version with another name or description."""
    said = {name: value for name, value in wanted if value is not None}
    kept = lines(collection, ports.blobs)
    changed = written(collection.changed(**said, edited_at=ports.clock.now()), kept, ports.blobs)
    ports.store.commit([Save(COLLECTIONS, changed)])
    return changed


def add(collection: Collection, names: Sequence[Name], ports: Ports) -> list[Name]:
    """Put names in; returns those that the project does not have, which are left out."""
    _demand_kind(collection, names)
    known = _known(collection.project_id, names, ports)
    wanted = [name.line for name in names if name in known]
    rewrite(collection, lambda kept: dict.fromkeys([*kept, *wanted]), ports)
    return [name for name in names if name not in known]


def take_out(collection: Collection, names: Sequence[Name], ports: Ports) -> list[Name]:
    """Take names out; returns those that were not in it."""
    _demand_kind(collection, names)
    out, held = {name.line for name in names}, set(lines(collection, ports.blobs))
    rewrite(collection, lambda kept: [line for line in kept if line not in out], ports)
    return [name for name in names if name.line not in held]


def lines(collection: Collection, blobs: Blobs) -> tuple[str, ...]:
    """The names of a collection as they are kept, in order."""
    return tuple(blobs.get(members_key(collection)).decode().splitlines())


def by_data(collection: Collection, blobs: Blobs) -> dict[DataId, list[Name]]:
    """The names of a collection by data unit, in order."""
    found: dict[DataId, list[Name]] = {}
    for name in map(Name.of, lines(collection, blobs)):
        found.setdefault(name.data_id, []).append(name)
    return found


def written(collection: Collection, members: Iterable[str], blobs: Blobs) -> Collection:
    """The collection after its list is stored; a list lies under its own digest, so no other edit writes over it."""
    kept = list(members)
    body = "".join(f"{line}\n" for line in kept).encode()
    placed = collection.model_copy(update={"members": len(kept), "digest": shards.digest(body)})
    blobs.put(members_key(placed), body, "text/csv")
    return placed


def members_key(collection: Collection) -> str:
    """Where the members of a collection lie."""
    return shards.members(collection.project_id, collection.id, collection.version, collection.digest)


def rewrite(collection: Collection, edit: Callable[[Sequence[str]], Iterable[str]], ports: Ports) -> None:
    """Keep what an edit makes of the list; raises Stale when somebody else changed the collection meanwhile."""
    after = list(edit(lines(collection, ports.blobs)))
    changed = written(collection.changed(edited_at=ports.clock.now()), after, ports.blobs)
    ports.store.commit([Save(COLLECTIONS, changed)])


def _demand_kind(collection: Collection, names: Sequence[Name]) -> None:
    of_labels = collection.kind is CollectionKind.LABEL
    if len(names) > MOST_NAMES:
        raise Invalid(f"At most {MOST_NAMES} items are taken at once.")
    if any((name.label is not None) is not of_labels for name in names):
        wanted = "a label on a frame" if of_labels else "a frame without a label"
        raise Invalid(f"This collection is of {collection.kind.value}s: each item names {wanted}.")


def _known(project_id: ProjectId, names: Sequence[Name], ports: Ports) -> set[Name]:
    """Those of the names that the project has."""
    asked, found = iter(dict.fromkeys(name.data_id for name in names)), set[Name]()
    by_id: dict[DataId, list[Name]] = {}
    for name in names:
        by_id.setdefault(name.data_id, []).append(name)
    while some := list(islice(asked, AT_ONCE)):
        for task, frames in _tasks(project_id, some, ports.store):
            there = [name for name in by_id[task.data_id] if 0 <= name.frame < frames]
            found |= _labelled(task, there, ports.blobs)
    return found


def _tasks(project_id: ProjectId, data_ids: Sequence[DataId], store: Store) -> list[tuple[Task, int]]:
    """The tasks of these data units, each with the number of its frames."""
    found = store.get_many(TASKS, [task_key(task_id_of(project_id, id_)) for id_ in data_ids])
    tasks = [task for task in found if task.removed_at is None]
    items = {it.id: it for it in store.get_many(ITEMS, list({item_key(task.item_id) for task in tasks}))}
    return [(task, frames_of(items[task.item_id]) or 1) for task in tasks if task.item_id in items]


def _labelled(task: Task, names: Sequence[Name], blobs: Blobs) -> set[Name]:
    """Those of the names of one data unit whose label, if they name one, is on their frame."""
    if all(name.label is None for name in names):
        return set(names)
    if task.label_sha256 is None:
        return set()
    body = leafing.body_of(task.label_sha256, blobs)
    on = {frame: {seen.id for seen in body.on_frame(frame)} for frame in sorted({name.frame for name in names})}
    whole = {it.id for it in body.classifications if not it.ranges} | {it.id for it in body.objects if it.ranges}
    whole |= {it.id for page in body.spaces.values() for it in (*page.objects, *page.classifications)}
    return {name for name in names if name.label in whole or name.label in on[name.frame]}
