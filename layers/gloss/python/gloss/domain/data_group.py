"""Data groups: items of different kinds that are shown and labelled together, and what keeps some from being one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from gloss.domain.errors import Fault
from gloss.domain.layout import Layout, LayoutKey, LayoutSettings, LayoutType, SaidTree, arranged, keys_in
from gloss.domain.media import Item, MediaKind, Metadata, Space
from gloss.domain.model import Description, FolderId, ItemId, OrgId, Timestamp, Title, UserId, Value, cut

#: A group, the notes of its members and the members themselves are written in one transaction of 100 changes.
MOST_MEMBERS: Final = 40
MOST_GROUPS: Final = 100
TITLE_BYTES: Final = 256


class NewMember(Value):
    """An item to show; without a key it is named by its place."""

    item_id: ItemId
    key: LayoutKey | None = None


class NewDataGroup(Value):
    """A data group to make; only a custom layout has a tree of its own."""

    members: Annotated[tuple[NewMember, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    title: Title | None = None
    description: Description = ""
    layout: LayoutType = LayoutType.LIST
    tree: SaidTree | None = None
    settings: LayoutSettings = LayoutSettings()
    timeline: tuple[LayoutKey, ...] = ()
    metadata: Metadata = Field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The members' keys in their order."""
        return tuple(str(at) if it.key is None else it.key for at, it in enumerate(self.members))


class Grouped(Value):
    """That an item was made a member of a data group."""

    item_id: ItemId
    group_id: ItemId


class Birth(NamedTuple):
    """Which item a group becomes, where, by whom and when."""

    id: ItemId
    org_id: OrgId
    folder_id: FolderId
    by: UserId
    at: Timestamp


def faults(group: NewDataGroup, items: Mapping[ItemId, Item], path: str) -> Iterator[Fault]:
    """Why no group can be made of these; `items` are those that are there and that the caller may see."""
    seen: set[ItemId] = set()
    for at, member in enumerate(group.members):
        reason = "is in the group twice" if member.item_id in seen else _unfit(items.get(member.item_id))
        seen.add(member.item_id)
        if reason:
            yield Fault(f"{path}.members[{at}].item_id", f"{member.item_id} {reason}")
    keys = group.keys
    for key, number in Counter(keys).items():
        if number > 1:
            yield Fault(f"{path}.members[{len(keys) - 1 - keys[::-1].index(key)}].key", f"{key} names several members")
    yield from _misplaced(group, path)


def made(group: NewDataGroup, items: Mapping[ItemId, Item], birth: Birth) -> Item:
    """The group's item, without what its metadata say."""
    members = [items[it.item_id] for it in group.members]
    spaces = [_space(it, key) for it, key in zip(members, group.keys, strict=True)]
    tree = group.tree or arranged(group.layout, group.keys)
    return Item(
        id=birth.id,
        org_id=birth.org_id,
        folder_id=birth.folder_id,
        created_by=birth.by,
        created_at=birth.at,
        kind=MediaKind.DATA_GROUP,
        title=group.title or _title(members),
        description=group.description,
        members=tuple(it.id for it in members),
        spaces=tuple(spaces),
        layout=Layout(type=group.layout, tree=tree, settings=group.settings, timeline=group.timeline),
    )


def _unfit(item: Item | None) -> str | None:
    if item is None:
        return "does not exist, or you may not see it"
    if item.kind is MediaKind.DATA_GROUP:
        return "is a data group; a group holds no other"
    alone = item.hidden or item.kind is MediaKind.DICOM_FILE
    return "is a part of a group or series; name the whole" if alone else None


def _misplaced(group: NewDataGroup, path: str) -> Iterator[Fault]:
    """What a layout says of members that are none."""
    if group.tree is not None and group.layout is not LayoutType.CUSTOM:
        yield Fault(f"{path}.tree", "only a custom layout has a tree")
    if group.settings.has_multilayer_labels:
        yield Fault(f"{path}.settings.has_multilayer_labels", "each member is labelled for itself; leave this out")
    named = {"tree": keys_in(group.tree), "timeline": group.timeline, "settings": group.settings.tile_settings}
    for place, keys in named.items():
        for key in dict.fromkeys(keys):
            if key not in group.keys:
                yield Fault(f"{path}.{place}", f"{key} is the key of no member")


def _space(item: Item, key: str) -> Space:
    facts = item.facts
    counted = facts.frame_count or (item.member_count if item.kind is MediaKind.IMAGE_GROUP else None)
    return Space(
        id=item.id,
        key=key,
        kind=item.kind,
        title=item.title,
        facts=facts.model_copy(update={"frame_count": counted}),
    )


def _title(members: Sequence[Item]) -> str:
    others = f" and {len(members) - 1} more" if len(members) > 1 else ""
    return cut(members[0].title, TITLE_BYTES - len(others)) + others
