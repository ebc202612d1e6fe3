"""What a folder holds, as a sum of tallies: one for each change, so that no counter is shared."""

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import Field

from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, Value, Versioned


class Counted(Value):
    """Visible items by kind, the bytes of their files as far as they are known, and folders directly inside."""

    items: dict[MediaKind, int] = Field(default_factory=dict)
    size_bytes: int = 0
    folders: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.folders and not any(self.items.values())

    def shown(self) -> "Counted":
        """The counts without those below nothing: what left a folder before its batch was counted there."""
        items = {kind: number for kind, number in self.items.items() if number > 0}
        return Counted(items=items, size_bytes=max(0, self.size_bytes), folders=max(0, self.folders))


class Tally(Value):
    """By how much one change altered what a folder holds; `id` names the change, so that it counts once."""

    folder_id: FolderId
    id: str
    change: Counted


class Holdings(Versioned):
    """The sum of those tallies of a folder that were folded into it."""

    folder_id: FolderId
    total: Counted


def summed(parts: Iterable[Counted]) -> Counted:
    """Several counts together; a kind of which nothing is left is not named."""
    items, size, folders = Counter[MediaKind](), 0, 0
    for part in parts:
        for kind, number in part.items.items():
            items[kind] += number
        size, folders = size + part.size_bytes, folders + part.folders
    return Counted(items=_named(items), size_bytes=size, folders=folders)


def came(items: Iterable[Item]) -> Counted:
    """What these visible items add to a folder."""
    found = list(items)
    kinds = Counter(item.kind for item in found)
    return Counted(items=_named(kinds), size_bytes=sum(item.facts.size_bytes or 0 for item in found))


def went(items: Iterable[Item]) -> Counted:
    """What a folder has less without these visible items."""
    added = came(items)
    return Counted(items={kind: -number for kind, number in added.items.items()}, size_bytes=-added.size_bytes)


def _named(kinds: Mapping[MediaKind, int]) -> dict[MediaKind, int]:
    return {kind: kinds[kind] for kind in MediaKind if kinds.get(kind)}
