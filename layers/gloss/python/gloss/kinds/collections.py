"""Records of collections of items, and of presets."""

from gloss.domain.item_collections import CollectedItem, ItemCollection, Preset
from gloss.ports import Key, Kind

#: A collection of items by id; those of an organisation, and those below a folder (by_owner, by_parent).
ITEM_COLLECTIONS = Kind(
    "item collection",
    ItemCollection,
    lambda it: item_collection_key(it.id),
    {
        "by_owner": lambda it: Key(f"ORG#{it.org_id}#COLLECTIONS", it.id),
        "by_parent": lambda it: Key(f"FOLDER#{it.folder_id}#COLLECTIONS", it.id),
    },
)

#: An item in a collection, and all of a collection.
COLLECTED_ITEMS = Kind("collected item", CollectedItem, lambda it: collected_key(it.collection_id, it.item_id))

#: A preset by project or organisation and id, and all of one.
PRESETS = Kind("preset", Preset, lambda it: preset_key(it.owner, it.id))


def item_collection_key(collection_id: str) -> Key:
    """Where a collection of items lies."""
    return Key(f"COLLECTION#{collection_id}")


def collected_of(collection_id: str) -> str:
    """The partition of the items in a collection."""
    return f"COLLECTION#{collection_id}#ITEMS"


def collected_key(collection_id: str, item_id: str) -> Key:
    """Where it lies that an item is in a collection."""
    return Key(collected_of(collection_id), item_id)


def presets_of(owner: str) -> str:
    """The partition of the presets of a project or organisation."""
    return f"PRESETS#{owner}"


def preset_key(owner: str, preset_id: str) -> Key:
    """Where a preset lies."""
    return Key(presets_of(owner), preset_id)
