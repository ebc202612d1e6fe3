"""Collections of frames: made from a filter or by name, changed, listed and thrown away."""

from collections.abc import Iterable

from gloss.domain.access import Caller
from gloss.domain.collections import Collection, CollectionKind, Edit, Edited, NewCollection, edited
from gloss.domain.errors import IllegalAction, Malformed
from gloss.domain.explore import Filters
from gloss.domain.model import CollectionId, ProjectId, Timestamp, UserId, Value
from gloss.kinds.active import COLLECTIONS, collection_key, collections_of
from gloss.ports import Erase, Page, Query, Save, Store
from gloss.services import assembling, exploring, making
from gloss.services.exploring import Desk


class CollectionView(Value):
    """A collection; `failed_items` are asked-for frames that the project does not have."""

    id: CollectionId
    project_id: ProjectId
    kind: CollectionKind
    name: str
    description: str
    members: int
    created_by: UserId
    created_at: Timestamp
    edited_at: Timestamp
    version: int
    failed_items: tuple[str, ...] = ()

    @classmethod
    def of(cls, collection: Collection, failed: Iterable[str] = ()) -> "CollectionView":
        return cls(**collection.model_dump(exclude={"digest"}), failed_items=tuple(failed))


class FrameName(Value):
    """A frame of a collection."""

    frame: str
    data_id: str
    number: int

    @classmethod
    def of(cls, frame: str) -> "FrameName":
        data_id, _, number = frame.rpartition(":")
        return cls(frame=frame, data_id=data_id, number=int(number))


def make(project_id: ProjectId, wanted: NewCollection, caller: Caller, desk: Desk) -> CollectionView:
    """A new collection; frames that the project does not have are named and left out."""
    asked = tuple(dict.fromkeys(wanted.frames or ()))
    known = _known(project_id, wanted.filters or Filters(frames=asked), desk) if wanted.filters or asked else ()
    now = desk.ports.clock.now()
    collection = Collection(
        id=CollectionId(desk.ports.ids.new()),
        project_id=project_id,
        name=wanted.name,
        description=wanted.description,
        members=len(known),
        created_by=caller.user_id,
        created_at=now,
        edited_at=now,
    )
    placed = assembling.written(collection, known, desk.ports.blobs)
    made = making.once(COLLECTIONS, placed, desk.ports.store)
    return CollectionView.of(made, set(asked) - set(known))


def edit(project_id: ProjectId, collection_id: CollectionId, wanted: Edit, desk: Desk) -> Edited:
    """Add and remove frames; raises Stale when somebody else changed the collection meanwhile."""
    collection = found(project_id, collection_id, desk.ports.store)
    known = _known(project_id, Filters(frames=wanted.add), desk) if wanted.add else ()
    members, failed = edited(frames(collection, desk), wanted, known)
    changed = collection.changed(edited_at=desk.ports.clock.now())
    changed = assembling.written(changed, members, desk.ports.blobs)
    desk.ports.store.commit([Save(COLLECTIONS, changed)])
    return Edited(failed_items=failed, members=len(members))


def drop(project_id: ProjectId, collection_id: CollectionId, store: Store) -> None:
    """Throw a collection away; its frames stay."""
    store.commit([Erase(COLLECTIONS, found(project_id, collection_id, store))])


def found(project_id: ProjectId, collection_id: CollectionId, store: Store) -> Collection:
    """The collection of this project; raises NotFound."""
    return store.get(COLLECTIONS, collection_key(project_id, collection_id))


def page(project_id: ProjectId, query: Query, store: Store) -> Page[Collection]:
    """The collections of a project."""
    return store.page(COLLECTIONS, collections_of(project_id), query)


def frames(collection: Collection, desk: Desk) -> tuple[str, ...]:
    """The names of all frames of a collection, in order."""
    if collection.kind is CollectionKind.LABEL:
        raise IllegalAction("This collection is of labels; it is read and changed by the SDK.")
    return assembling.lines(collection, desk.ports.blobs)


def frames_page(collection: Collection, query: Query, desk: Desk) -> Page[FrameName]:
    """A page of a collection's frames; the token is the number of the first."""
    if query.after is not None and not query.after.isdecimal():
        raise Malformed("The page token is not one that this list gave out.")
    names, start = frames(collection, desk), int(query.after or 0)
    following = start + query.limit
    shown = tuple(FrameName.of(name) for name in names[start:following])
    return Page(shown, str(following) if following < len(names) else None)


def _known(project_id: ProjectId, filters: Filters, desk: Desk) -> tuple[str, ...]:
    return tuple(member.frame for member in exploring.members(project_id, filters, desk))
