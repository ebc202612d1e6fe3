"""Data groups: made of items that are there, all that one request asks for or none, and found again by their members.

Every group is written in one transaction with its members, which get a new version: an item that is deleted at the same
time is either a member or gone, never both. A request for more than one transaction holds is checked wholly before the
first is written; repeated under the same ids after it broke off, it makes those that are missing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Annotated, Final

from pydantic import Field

from gloss.domain import data_group
from gloss.domain.access import RESOURCE_ALLOWS, Caller, Permission
from gloss.domain.data_group import MOST_GROUPS, Birth, Grouped, NewDataGroup
from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.folder import Folder
from gloss.domain.media import Item
from gloss.domain.metadata_schema import Types
from gloss.domain.model import FolderId, ItemId, Value
from gloss.domain.parsing import MOST_FAULTS
from gloss.domain.tally import came
from gloss.kinds.catalog import DATASETS
from gloss.kinds.register import GROUPED, ITEMS, groups_with, item_key
from gloss.ports import Change, Key, Ports, Query, Save, Store
from gloss.services import attaching, authorising, describing, linking, nesting, retelling, tallying, viewing
from gloss.services.attaching import Arrival
from gloss.services.situating import persistently
from gloss.services.stowing import stow

#: Of the 100 changes of a transaction one demands the folder, and one counts what it holds.
MOST_CHANGES: Final = 98
MOST_LOOKED_AT: Final = 1000


class Combining(Value):
    """Data groups to make in a folder."""

    groups: Annotated[tuple[NewDataGroup, ...], Field(min_length=1, max_length=MOST_GROUPS)]


def combine(folder_id: FolderId, wanted: Combining, caller: Caller, ports: Ports) -> list[Item]:
    """Make data groups; raises Invalid with the path of all that keeps one from being made, having made none then.

    In a folder that backs a dataset they become data units there. Raises Conflict for a folder that is synced.
    """
    ids = [ItemId(ports.ids.new()) for _ in wanted.groups]
    folder = linking.demand_filled_by_hand(nesting.trail(folder_id, ports.store)[0])
    request = _Request(folder, dict(zip(ids, wanted.groups, strict=True)), caller, ports)
    made = persistently(request.carry_out)
    if folder.dataset_id is not None:
        dataset = ports.store.get(DATASETS, Key(f"DATASET#{folder.dataset_id}"))
        attaching.take_in(Arrival(dataset, made), caller, ports)
    return made


def groups_of(item: Item, store: Store) -> list[Item]:
    """The data groups that an item is a member of and that are there, among the first thousand that were made of it."""
    if not item.grouped:
        return []
    noted = islice(store.every(GROUPED, groups_with(item.id), Query(limit=MOST_LOOKED_AT)), MOST_LOOKED_AT)
    found = store.get_many(ITEMS, [item_key(it.group_id) for it in noted])
    return [it for it in nesting.as_they_are(found, store) if it.deleted_at is None]


def seen_members(group: Item, caller: Caller, store: Store) -> frozenset[ItemId]:
    """Those members of a data group that are there and that the caller may see."""
    ids = [space.id for space in group.spaces]
    return frozenset(viewing.visible(ids, caller, store)) if ids else frozenset()


def demand_free(items: Sequence[Item], leaving: Iterable[ItemId], caller: Caller, store: Store) -> None:
    """Let items be deleted that no data group of the caller's holds, but such as leave with them; raises Conflict.

    Groups in folders of others hold nobody's items back: they keep what such a member was, and its labels.
    """
    with_them = set(leaving)
    holding = {item.id: [it for it in groups_of(item, store) if it.id not in with_them] for item in items}
    folders = {f"folder:{it.folder_id}" for held in holding.values() for it in held}
    roles = authorising.roles_on(caller, sorted(folders), store) if folders else {}
    for item in items:
        for group in holding[item.id]:
            if roles.get(f"folder:{group.folder_id}") in RESOURCE_ALLOWS[Permission.RESOURCE_ADMIN]:
                raise Conflict(f"{item.title} is a member of the data group {group.id}; delete that first.")


@dataclass(frozen=True)
class _Request:
    """Groups to make by the ids that they get."""

    folder: Folder
    wanted: Mapping[ItemId, NewDataGroup]
    caller: Caller
    ports: Ports

    def carry_out(self) -> list[Item]:
        """Make those that are not there yet; raises Stale when somebody changed a member meanwhile."""
        items = self._visible()
        missing = [(at, id_) for at, id_ in enumerate(self.wanted) if id_ not in items]
        self._demand_possible(missing, items)
        made = [self._described(at, id_, items) for at, id_ in missing]
        self._write(made, items)
        there = items | {group.id: group for group in made}
        return [there[id_] for id_ in self.wanted]

    def _visible(self) -> dict[ItemId, Item]:
        """The members, and those of the groups that were made before, as far as the caller may see them."""
        members = [it.item_id for group in self.wanted.values() for it in group.members]
        return viewing.visible([*self.wanted, *members], self.caller, self.ports.store)

    def _demand_possible(self, missing: Sequence[tuple[int, ItemId]], members: Mapping[ItemId, Item]) -> None:
        found = (it for at, id_ in missing for it in data_group.faults(self.wanted[id_], members, f"groups[{at}]"))
        if faults := list(islice(found, MOST_FAULTS)):
            raise Invalid("The data groups cannot be made; see the errors.", faults)

    def _described(self, at: int, id_: ItemId, members: Mapping[ItemId, Item]) -> Item:
        """A group with its metadata, as it is to be stored; raises Invalid for metadata that break the schema."""
        birth = Birth(id_, self.caller.org_id, self.folder.id, self.caller.user_id, self.ports.clock.now())
        bare = data_group.made(self.wanted[id_], members, birth).model_copy(update={"row": at})
        if not self.wanted[id_].metadata:
            return stow(bare, self.ports.blobs)
        try:
            said = retelling.demanded(bare, self.wanted[id_].metadata, self._types, self.ports.blobs)
            return stow(said, self.ports.blobs)
        except Invalid as refused:
            faults = [Fault(f"groups[{at}].{each.path}", each.reason) for each in refused.faults]
            raise Invalid(refused.message, faults) from None

    @cached_property
    def _types(self) -> Types:
        return describing.schema_of(self.caller.org_id, self.ports.store).types

    def _write(self, groups: Sequence[Item], members: dict[ItemId, Item]) -> None:
        for some in _together(groups):
            renewed = {id_: members[id_].changed(grouped=True) for group in some for id_ in group.members}
            besides = [*nesting.as_read((self.folder,)), _tally(self.folder, some)]
            self.ports.store.commit([*_changes(some, renewed), *besides])
            members |= renewed


def _changes(groups: Sequence[Item], members: Mapping[ItemId, Item]) -> Iterator[Change]:
    for group in groups:
        yield Save(ITEMS, group)
        yield from (Save(GROUPED, Grouped(item_id=id_, group_id=group.id)) for id_ in group.members)
    yield from (Save(ITEMS, member) for member in members.values())


def _tally(folder: Folder, groups: Sequence[Item]) -> Change:
    return tallying.tally(folder.id, f"{groups[0].id}#{groups[0].version}", came(groups))


def _together(groups: Iterable[Item]) -> Iterator[list[Item]]:
    """As many groups at once as one transaction holds."""
    batch: list[Item] = []
    for group in groups:
        members = {id_ for it in (*batch, group) for id_ in it.members}
        if batch and sum(1 + len(it.members) for it in (*batch, group)) + len(members) > MOST_CHANGES:
            yield batch
            batch = []
        batch.append(group)
    if batch:
        yield batch
