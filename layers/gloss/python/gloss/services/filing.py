"""Folders and the items in them: making, showing, changing and removing."""

from pydantic import Field

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import NotFound
from gloss.domain.folder import Folder, path_below
from gloss.domain.media import Item, Metadata
from gloss.domain.model import Description, FolderId, Title, Value
from gloss.kinds.register import (
    FOLDERS,
    INTEGRATIONS,
    ITEMS,
    folder_key,
    folders_of,
    integration_key,
    item_key,
    items_of,
)
from gloss.ports import Page, Ports, Query, Save, Store
from gloss.services import authorising, describing, finding, making, retelling
from gloss.services.registering import MediaOf

SIGNED_S = 3600


class NewFolder(Value):
    """A folder to make, at the top or in another one."""

    title: Title
    description: Description = ""
    parent_id: FolderId | None = None
    metadata: Metadata = Field(default_factory=dict)


class ChangedFolder(Value):
    """What to change of a folder; what is left out stays."""

    title: Title | None = None
    description: Description | None = None
    metadata: Metadata | None = None


class ChangedItem(Value):
    """What to change of an item; metadata is merged by key, an explicit null removes a key."""

    title: Title | None = None
    description: Description | None = None
    metadata: Metadata | None = None


def make_folder(wanted: NewFolder, caller: Caller, ports: Ports) -> Folder:
    """An empty folder with the caller as its Admin; raises NotFound or Forbidden for the parent."""
    parent = None if wanted.parent_id is None else _parent(wanted.parent_id, caller, ports.store)
    metadata = describing.of_folder(wanted.metadata, caller.org_id, ports.store)
    now = ports.clock.now()
    made = Folder(
        id=FolderId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        parent_id=wanted.parent_id,
        path_to_root=path_below(parent),
        metadata=metadata,
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )
    return making.once(FOLDERS, made, ports.store, authorising.founding_grants(f"folder:{made.id}", caller, now))


def folder(folder_id: str, store: Store) -> Folder:
    """A folder that is not deleted; raises NotFound."""
    found = store.get(FOLDERS, folder_key(folder_id))
    if found.deleted_at is not None:
        raise NotFound("There is no folder here, or you may not see it.")
    return found


def folders(parent_id: str | None, caller: Caller, query: Query, store: Store) -> Page[Folder]:
    """Folders that the caller may see: all of them, or those directly in one."""
    if parent_id is None:
        page = finding.visible("folder", FOLDERS, caller, query, store)
    else:
        authorising.require(caller, f"folder:{parent_id}", Permission.RESOURCE_READ, store)
        within = Query(index="by_parent", limit=query.limit, after=query.after)
        page = store.page(FOLDERS, folders_of(parent_id), within)
    return Page(tuple(each for each in page.entries if each.deleted_at is None), page.next_token)


def change_folder(folder_id: str, wanted: ChangedFolder, ports: Ports) -> Folder:
    """The folder's next version."""
    stored = folder(folder_id, ports.store)
    said = {name: value for name, value in wanted if value is not None}
    if wanted.metadata is not None:
        said["metadata"] = describing.of_folder(wanted.metadata, stored.org_id, ports.store)
    changed = stored.changed(**said, last_edited_at=ports.clock.now())
    ports.store.commit([Save(FOLDERS, changed)])
    return changed


def delete_folder(folder_id: str, ports: Ports) -> Folder:
    """A tombstone in place of the folder; what it holds is no longer listed."""
    stored = folder(folder_id, ports.store)
    removed = stored.changed(deleted_at=ports.clock.now())
    ports.store.commit([Save(FOLDERS, removed)])
    return removed


def items(folder_id: str, query: Query, store: Store) -> Page[Item]:
    """The visible items of a folder in the order of registration."""
    folder(folder_id, store)
    return store.page(ITEMS, items_of(folder_id), Query(index="by_parent", limit=query.limit, after=query.after))


def item(item_id: str, caller: Caller, permission: Permission, store: Store) -> Item:
    """An item of a folder that the caller may see or change; raises NotFound or Forbidden."""
    found = store.get(ITEMS, item_key(item_id))
    authorising.require(caller, f"folder:{found.folder_id}", permission, store)
    if found.deleted_at is not None:
        raise NotFound("There is no item here, or you may not see it.")
    return found


def signed_url(found: Item, media_of: MediaOf, store: Store) -> str | None:
    """A URL of the item's file that anybody may read for an hour; None for a group or series."""
    if found.url is None:
        return None
    integration = found.integration_id and store.get(INTEGRATIONS, integration_key(found.integration_id))
    return media_of(integration or None).signed_get(found.url, SIGNED_S)


def change_item(item_id: str, wanted: ChangedItem, caller: Caller, ports: Ports) -> Item:
    """The item's next version; raises Invalid for metadata that break a rule."""
    stored = item(item_id, caller, Permission.RESOURCE_ADMIN, ports.store)
    said = {name: value for name, value in wanted if value is not None and name != "metadata"}
    if wanted.metadata is None:
        changed = stored.changed(**said)
    else:
        types = describing.schema_of(stored.org_id, ports.store).types
        changed = retelling.demanded(stored, wanted.metadata, types, ports.blobs).changed(**said)
    ports.store.commit([Save(ITEMS, changed)])
    return changed


def delete_item(item_id: str, caller: Caller, ports: Ports) -> Item:
    """A tombstone in place of the item; the file itself is never touched."""
    stored = item(item_id, caller, Permission.RESOURCE_ADMIN, ports.store)
    removed = stored.changed(deleted_at=ports.clock.now())
    ports.store.commit([Save(ITEMS, removed)])
    return removed


def _parent(parent_id: str, caller: Caller, store: Store) -> Folder:
    authorising.require(caller, f"folder:{parent_id}", Permission.RESOURCE_ADMIN, store)
    return folder(parent_id, store)
