"""Data groups that are made while others delete or change their members, in orders drawn from a seed."""

from dataclasses import replace

import pytest

from gloss.domain.media import Item, MediaKind
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports
from gloss.services import combining, filing, refiling
from gloss.services.filing import ChangedItem
from gloss.services.refiling import NamedItems
from tests.builders_register import CALLER, Desk
from tests.services.test_combining import combined, members, some_images
from tests.services.test_folder_races import Job, together


def make(desk: Desk, *items: Item) -> Job:
    return lambda ports: combined(replace(desk, ports=ports), {"members": members(*items)})


def delete(*items: Item) -> Job:
    wanted = NamedItems(item_ids=tuple(it.id for it in items))
    return lambda ports: refiling.delete(wanted, CALLER, ports)


def rename(item: Item) -> Job:
    return lambda ports: filing.change_item(item.id, ChangedItem(title="new"), CALLER, ports)


def now(item: Item, ports: Ports) -> Item:
    return ports.store.get(ITEMS, item_key(item.id))


def groups(desk: Desk) -> list[Item]:
    return [it for it in desk.items() if it.kind is MediaKind.DATA_GROUP]


@pytest.mark.parametrize("seed", range(30))
def test_a_group_has_no_member_that_is_gone(seed: int) -> None:
    desk = some_images(3)
    first, second, third = desk.items()

    together(desk.ports, [make(desk, first, second), make(desk, second, third), delete(second), delete(first)], seed)

    gone = {it.id for it in (first, second, third) if now(it, desk.ports).deleted_at is not None}
    assert all(gone.isdisjoint(group.members) for group in groups(desk))
    counted = filing.summary(desk.folder.id, desk.ports.store).items
    assert counted.get(MediaKind.DATA_GROUP, 0) == len(groups(desk))


@pytest.mark.parametrize("seed", range(20))
def test_a_member_is_renamed_and_grouped_at_once(seed: int) -> None:
    desk = some_images(1)
    (image,) = desk.items()

    together(desk.ports, [make(desk, image), make(desk, image), rename(image)], seed)

    known = combining.groups_of(now(image, desk.ports), desk.ports.store)
    assert {it.id for it in known} == {it.id for it in groups(desk)}
    assert now(image, desk.ports).grouped is bool(known)


@pytest.mark.parametrize("seed", range(20))
def test_a_group_and_its_member_go_together_while_another_is_made(seed: int) -> None:
    desk = some_images(1)
    (image,) = desk.items()
    (group,) = combined(desk, {"members": members(image)})

    together(desk.ports, [delete(image, group), make(desk, image)], seed)

    assert now(group, desk.ports).deleted_at is not None
    assert (now(image, desk.ports).deleted_at is None) is bool(groups(desk))
