"""Collections of items below one folder, and presets: filters that are kept under a name."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator

from gloss.domain.errors import Fault, Invalid
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import (
    CollectionId,
    Description,
    FolderId,
    ItemId,
    OrgId,
    PresetId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)
from gloss.domain.search import ItemSearch, Scalar, Words

LARGEST_FILTERS: Final = 64 * 1024
#: Filters that hold everywhere stand under this folder too.
EVERYWHERE: Final = "00000000-0000-0000-0000-000000000000"


class ItemCollection(Versioned):
    """A named set of items that lie in a folder or below it; who is in it is recorded item by item."""

    id: CollectionId
    org_id: OrgId
    folder_id: FolderId
    name: Title
    description: Description = ""
    created_by: UserId
    created_at: Timestamp
    edited_at: Timestamp


class CollectedItem(Value):
    """An item is in a collection."""

    collection_id: CollectionId
    item_id: ItemId
    added_at: Timestamp


class Preset(Versioned):
    """Filters under a name, kept as they came; `owner` reads `project:<id>` or `org:<id>`."""

    id: PresetId
    owner: str
    name: Title
    description: Description = ""
    filters: dict[str, Any]
    created_by: UserId
    created_at: Timestamp
    edited_at: Timestamp

    @field_validator("filters")
    @classmethod
    def is_small(cls, filters: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(filters).encode()) > LARGEST_FILTERS:
            raise ValueError(f"at most {LARGEST_FILTERS} bytes of JSON are kept")
        return filters


class ItemFilter(Value):
    """One filter of a preset as Gloss can evaluate it over items: what it says must hold, all of it."""

    title_prefix: Words | None = None
    title_contains: Words | None = None
    kinds: Annotated[tuple[MediaKind, ...], Field(max_length=len(MediaKind))] = ()
    created_from: Timestamp | None = None
    created_before: Timestamp | None = None
    metadata: Annotated[dict[str, Scalar], Field(max_length=16)] = Field(default_factory=dict)

    def fits(self, item: Item) -> bool:
        """Whether an item passes."""
        return ItemSearch(**dict(self)).fits(item)


def item_filters(preset: Preset) -> list[ItemFilter]:
    """The filters of a preset over items; raises Invalid that names each one that Gloss cannot evaluate."""
    found = []
    faults = []
    for path, raw in said(preset.filters):
        try:
            found.append(ItemFilter.model_validate(raw))
        except ValidationError:
            faults.append(Fault(path, f"filters name {', '.join(ItemFilter.model_fields)} and nothing else"))
    if faults:
        raise Invalid("Gloss cannot evaluate this preset; it only keeps it.", faults)
    return found


def said(filters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every filter of a preset with its path, in either spelling of the client's; raises Invalid for other shapes."""
    try:
        yield from _listed("globalFilters", _either(filters, "globalFilters", "global_filters"))
        for place, inside in _either(filters, "localFilters", "local_filters").items():
            listed = list(_listed(f"localFilters.{place}", inside))
            if listed and place != EVERYWHERE:
                raise Invalid("Gloss evaluates filters everywhere or not at all.", [Fault(place, "is one folder")])
            yield from listed
    except (AttributeError, TypeError):
        raise Invalid("The preset's filters have another shape than the client gives them.") from None


def _either(filters: Mapping[str, Any], camel: str, snake: str) -> Mapping[str, Any]:
    return filters.get(camel) or filters.get(snake) or {}


def _listed(path: str, inside: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    listed: Sequence[Any] = inside.get("filters") or []
    yield from ((f"{path}.filters[{place}]", each) for place, each in enumerate(listed))
