"""Folders and the items in them: making, showing, changing and removing."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from gloss.domain.access import UNSEEN, Caller, Permission
from gloss.domain.errors import Conflict, Forbidden, NotFound
from gloss.domain.folder import Folder, Trail, demand_room, is_gone
from gloss.domain.media import Item, Metadata
from gloss.domain.model import Description, FolderId, Timestamp, Title, Value
from gloss.domain.tally import Counted, Tally
from gloss.kinds.register import (
    FOLDERS,
    INTEGRATIONS,
    ITEMS,
    folder_key,
    integration_key,
    item_key,
    items_of,
)
from gloss.ports import Change, Demand, Page, Ports, Query, Save, Store
from gloss.services import authorising, describing, linking, making, nesting, retelling, tallying
from gloss.services.linking import NewLink
from gloss.services.registering import MediaOf
from gloss.services.situating import persistently

SIGNED_S = 3600
#: So many folders one transaction changes, or moves: a move writes to both parents and demands the way up.
MOST_CHANGED = 90
MOST_MOVED = 22


class NewFolder(Value):
    """A folder to make, at the top or in another one; with a link it mirrors a prefix of a cloud."""

    title: Title
    description: Description = ""
    parent_id: FolderId | None = None
    metadata: Metadata = Field(default_factory=dict)
    link: NewLink | None = None


class ChangedFolder(Value):
    """What to change of a folder; what is left out stays. A `parent_id` moves it, null to the top."""

    title: Title | None = None
    description: Description | None = None
    metadata: Metadata | None = None
    parent_id: FolderId | None = None


class Deletion(Value):
    """Whether a folder goes together with all that it holds."""

    recursive: bool = False


class ChangedItem(Value):
    """What to change of an item; metadata is merged by key, an explicit null removes a key."""

    title: Title | None = None
    description: Description | None = None
    metadata: Metadata | None = None


def make_folder(wanted: NewFolder, caller: Caller, ports: Ports) -> Folder:
    """An empty folder with the caller as its Admin; raises NotFound or Forbidden for the parent."""
    folder_id, metadata = FolderId(ports.ids.new()), describing.of_folder(wanted.metadata, caller.org_id, ports.store)
    described = wanted.model_copy(update={"metadata": metadata})
    return persistently(lambda: _made(folder_id, described, caller, ports))


def folder(folder_id: str, store: Store) -> Folder:
    """A folder that is there; raises NotFound when it or one above it is deleted."""
    return nesting.trail(folder_id, store)[0]


def trails(found: Iterable[Folder], store: Store) -> list[Trail]:
    """The folders with those above each."""
    ups = nesting.trails(found, store)
    return list(ups.values())


def summary(folder_id: str, store: Store) -> Counted:
    """What lies directly in a folder."""
    return tallying.summary(folder(folder_id, store).id, store)


def change_folder(folder_id: str, wanted: ChangedFolder, caller: Caller, ports: Ports) -> Folder:
    """The folder's next version, in another place if it says so; raises Conflict, Invalid, NotFound or Forbidden."""
    return change_folders({folder_id: wanted}, caller, ports)[0]


def change_folders(wanted: Mapping[str, ChangedFolder], caller: Caller, ports: Ports) -> list[Folder]:
    """The same of several, in one transaction: all are changed or none; as many as MOST_CHANGED, or MOST_MOVED."""
    described = {id_: _described(it, caller, ports.store) for id_, it in wanted.items()}

    def changed() -> list[Folder]:
        decided = [_decided(id_, it, caller, ports) for id_, it in described.items()]
        changes = [change for _, each in decided for change in each]
        demands = {it.model.id: it for it in changes if isinstance(it, Demand)}
        ports.store.commit([*(it for it in changes if not isinstance(it, Demand)), *demands.values()])
        return [folder for folder, _ in decided]

    return persistently(changed) if wanted else []


def delete_folder(folder_id: str, wanted: Deletion, ports: Ports) -> Folder:
    """A tombstone in place of the folder: all that lies below is gone with it, however much that is.

    Raises Conflict when it holds something and that was not asked for. It is looked into again afterwards: what came
    in between brings the folder back.
    """
    stored = folder(folder_id, ports.store)
    _demand_deletable(stored, wanted, ports.store)
    removed = _stamped(stored, ports.clock.now(), ports.store)
    try:
        _demand_deletable(removed, wanted, ports.store)
    except Conflict:
        _stamped(removed, None, ports.store)
        raise
    return removed


def restore_folder(folder_id: str, ports: Ports) -> Folder:
    """A deleted folder as it was, with all that lies below; raises Conflict when it is there, or its parent is not."""
    stored = ports.store.get(FOLDERS, folder_key(folder_id))
    if stored.deleted_at is None:
        raise Conflict("The folder is not deleted.")
    parents = nesting.trails([stored], ports.store)[stored.id][1:]
    if is_gone(parents):
        raise Conflict("A folder in which it lay is deleted; restore that one first.")
    return _stamped(stored, None, ports.store, nesting.as_read(parents[:1]))


def items(folder_id: str, query: Query, store: Store) -> Page[Item]:
    """The visible items of a folder in the order of registration."""
    folder(folder_id, store)
    return store.page(ITEMS, items_of(folder_id), Query(index="by_parent", limit=query.limit, after=query.after))


def item(item_id: str, caller: Caller, permission: Permission, store: Store) -> Item:
    """An item that the caller may see or change, by its folder; raises NotFound or Forbidden.

    A part of a group or series lies where the whole does, and goes with it.
    """
    found = store.find(ITEMS, item_key(item_id))
    whole = found if found is None or found.part_of is None else store.find(ITEMS, item_key(found.part_of))
    if found is None or whole is None:
        raise NotFound(UNSEEN)
    authorising.require(caller, f"folder:{whole.folder_id}", permission, store)
    if whole.deleted_at is not None or found.deleted_at is not None or nesting.gone([whole.folder_id], store):
        raise NotFound(UNSEEN)
    return found


def signed_url(found: Item, media_of: MediaOf, store: Store) -> str | None:
    """A URL of the item's file that anybody may read for an hour.

    None for a group or series, and where no link can be signed: the integration is gone, or its secret signs none.
    """
    if found.url is None:
        return None
    try:
        integration = found.integration_id and store.get(INTEGRATIONS, integration_key(found.integration_id))
        return media_of(integration or None).signed_get(found.url, SIGNED_S)
    except (NotFound, Forbidden, Conflict):
        return None


def change_item(item_id: str, wanted: ChangedItem, caller: Caller, ports: Ports) -> Item:
    """The item's next version; raises Invalid for metadata that break a rule."""
    stored = item(item_id, caller, Permission.RESOURCE_ADMIN, ports.store)
    said = {name: value for name, value in wanted if value is not None and name != "metadata"}
    if wanted.metadata is None:
        changed = stored.changed(**said)
    else:
        types = describing.schema_of(stored.org_id, ports.store).types
        changed = retelling.demanded(stored, wanted.metadata, types, ports.blobs).changed(**said)
    edited = changed.model_copy(update={"last_edited_at": ports.clock.now()})
    ports.store.commit([Save(ITEMS, edited)])
    return edited


def _made(folder_id: FolderId, wanted: NewFolder, caller: Caller, ports: Ports) -> Folder:
    parents = nesting.parents_for(wanted.parent_id, caller, ports.store)
    demand_room(parents)
    now = ports.clock.now()
    made = Folder(
        id=folder_id,
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        parent_id=wanted.parent_id,
        metadata=wanted.metadata,
        link=linking.vetted(wanted.link, caller, ports.store),
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )
    besides = [*authorising.founding_grants(f"folder:{made.id}", caller, now), *nesting.as_read(parents[:1])]
    return making.once(FOLDERS, made, ports.store, [*besides, *_tallies(made, made.parent_id, 1)])


def _described(wanted: ChangedFolder, caller: Caller, store: Store) -> ChangedFolder:
    if wanted.metadata is None:
        return wanted
    return wanted.model_copy(update={"metadata": describing.of_folder(wanted.metadata, caller.org_id, store)})


def _decided(folder_id: str, wanted: ChangedFolder, caller: Caller, ports: Ports) -> tuple[Folder, Sequence[Change]]:
    """The folder as it is to be, and what is written for that."""
    up = nesting.trail(folder_id, ports.store)
    said = {name: value for name, value in wanted if name != "parent_id" and value is not None}
    changed = up[0].changed(**said, last_edited_at=ports.clock.now())
    if "parent_id" in wanted.model_fields_set and wanted.parent_id != changed.parent_id:
        moved = changed.model_copy(update={"parent_id": wanted.parent_id})
        return moved, _move(up, moved, caller, ports.store)
    return changed, [Save(FOLDERS, changed)]


def _move(up: Trail, moved: Folder, caller: Caller, store: Store) -> Sequence[Change]:
    """One write, and demands that the way up from the new place is still as it was read."""
    parents = nesting.parents_for(moved.parent_id, caller, store)
    nesting.demand_movable(up, parents, store)
    tallies = [*_tallies(moved, up[0].parent_id, -1), *_tallies(moved, moved.parent_id, 1)]
    return [Save(FOLDERS, moved), *nesting.as_read(parents), *tallies]


def _tallies(changed: Folder, parent_id: FolderId | None, by: int) -> list[Save[Tally]]:
    """What a change of one folder does to what its parent holds."""
    change_id = f"{changed.id}#{changed.version}"
    return [] if parent_id is None else [tallying.tally(parent_id, change_id, Counted(folders=by))]


def _stamped(stored: Folder, deleted_at: Timestamp | None, store: Store, besides: Sequence[Change] = ()) -> Folder:
    stamped = stored.changed(deleted_at=deleted_at)
    by = 1 if deleted_at is None else -1
    store.commit([Save(FOLDERS, stamped), *_tallies(stamped, stamped.parent_id, by), *besides])
    return stamped


def _demand_deletable(found: Folder, wanted: Deletion, store: Store) -> None:
    """Tallies tell what was counted, the list what a batch made that broke off before it was."""
    if wanted.recursive:
        return
    listed = store.page(ITEMS, items_of(found.id), Query(index="by_parent", limit=1)).entries
    if listed or not tallying.summary(found.id, store).is_empty:
        raise Conflict("The folder is not empty; send recursive=true to delete all that it holds with it.")
