"""Members of data groups in a list of label rows: each follows its group, and may be asked for by its own id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gloss.domain.dataset import first_data_id
from gloss.domain.media import Item
from gloss.domain.model import DataId, ItemId
from gloss.kinds.catalog import DATA_ROWS, data_units_of
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports, Query, Store
from gloss.sdk.labels.filters import ListPayload
from gloss.services import combining, signing
from gloss.services.enumerating import Listed
from gloss.services.locating import Outlook
from gloss.services.rationing import Ration

Json = dict[str, Any]
#: Looking up which groups an item is in takes as long as so many rows.
GROUPS_WEIGHT: Final = 10


@dataclass(frozen=True)
class Family:
    """Which data units are asked for (None: all), and whether the members of groups follow them; up to how much."""

    asked: frozenset[str] | None
    payload: ListPayload
    ports: Ports
    ration: Ration

    @classmethod
    def of(cls, payload: ListPayload, ports: Ports, ration: Ration) -> "Family":
        """As the payload says."""
        return cls(None if payload.data_hashes is None else frozenset(payload.data_hashes), payload, ports, ration)

    def sought(self, outlook: Outlook) -> ListPayload:
        """The payload with the groups of such members as it names; raises Overlong where it names too many."""
        if self.asked is None or not self.payload.include_children:
            return self.payload
        self.ration.take(len(self.asked))
        holders = self._holders(outlook, self.ports.store)
        named = (*(self.payload.data_hashes or ()), *holders)
        return self.payload.model_copy(update={"data_hashes": tuple(dict.fromkeys(named))})

    def told(self, listed: Sequence[Listed]) -> Iterator[Listed]:
        """The rows that are asked for, each with its members behind it where these are wanted."""
        members = self._members(listed) if self.payload.include_children else {}
        for each in listed:
            whole = self._asks(each.row.task.data_id)
            if whole:
                yield each
            found = (members[id_] for id_ in _members(each) if id_ in members and (whole or self._asks(id_)))
            yield from (replace(each, item=member, members=self._parts(member)) for member in found)

    def _asks(self, id_: str) -> bool:
        return self.asked is None or id_ in self.asked

    def _members(self, listed: Sequence[Listed]) -> dict[ItemId, Item]:
        ids = dict.fromkeys(id_ for each in listed for id_ in _members(each))
        self.ration.take(len(ids))
        found = self.ports.store.get_many(ITEMS, [item_key(id_) for id_ in ids])
        return {it.id: it for it in found if it.deleted_at is None}

    def _parts(self, member: Item) -> tuple[Item, ...]:
        if not self.payload.include_images_data:
            return ()
        self.ration.take(member.member_count)
        return tuple(signing.members(member, self.ports))

    def _holders(self, outlook: Outlook, store: Store) -> Iterator[DataId]:
        """The data units of the project that are groups of the items that are asked for."""
        for item in store.get_many(ITEMS, [item_key(id_) for id_ in sorted(self.asked or ())]):
            self.ration.take(GROUPS_WEIGHT if item.grouped else 0)
            for group in combining.groups_of(item, store):
                yield from (first_data_id(id_, group.id) for id_ in outlook.project.dataset_ids)
                yield from (row.id for row in store.every(DATA_ROWS, data_units_of(group.id), Query(index="by_owner")))


def _members(listed: Listed) -> list[ItemId]:
    return [] if listed.item is None else [space.id for space in listed.item.spaces]


def is_child(listed: Listed) -> bool:
    """Whether a member of the row's data group is told instead of the row itself."""
    return listed.item is not None and listed.item.id != listed.row.task.item_id


def child_of(group: Json, member: Item, data_type: str) -> Json:
    """What a list says of a member otherwise than of its group, in whose row alone its labels are."""
    return {
        "label_hash": None,
        "data_hash": member.id,
        "group_hash": group["data_hash"],
        "data_title": member.title,
        "data_type": data_type,
        "backing_item_uuid": member.id,
    }
