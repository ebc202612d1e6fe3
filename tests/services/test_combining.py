"""Data groups: all of a request or none of it, once however often it comes, and their members stay while they do."""

from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Caller, OrgRole
from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId, OrgId, UserId
from gloss.kinds.register import ITEMS
from gloss.ports import Change, Query, Save
from gloss.services import combining, describing, filing, refiling, unrolling
from gloss.services.combining import Combining
from gloss.services.describing import WantedSchema
from gloss.services.filing import Deletion, NewFolder
from gloss.services.making import Following
from gloss.services.refiling import NamedItems
from tests.builders_media import an_image
from tests.builders_register import CALLER, Desk, a_desk
from tests.mortal import Life, MortalStore, killed_after

SEED = "6f1c36de-6a9b-4c3c-9d53-1c7b7a3f4a10"
BOB = Caller(user_id=UserId("bob"), org_id=CALLER.org_id, email="bob@acme.io", org_role=OrgRole.MEMBER)
MALLORY = Caller(user_id=UserId("mal"), org_id=OrgId("evil"), email="mal@evil.io", org_role=OrgRole.ADMIN)


def some_images(number: int = 3, **more: Any) -> Desk:
    """A desk with so many images."""
    urls = [f"s3://bkt/{at}.png" for at in range(number)]
    desk = a_desk({url: an_image(size=(20, 10)) for url in urls}, **more)
    desk.register({"images": [{"objectUrl": url} for url in urls]})
    return desk


def members(*items: Item, **keys: Item) -> list[dict[str, Any]]:
    return [{"item_id": it.id} for it in items] + [{"item_id": it.id, "key": key} for key, it in keys.items()]


def combined(desk: Desk, *groups: dict[str, Any], seed: str | None = None, caller: Caller = CALLER) -> list[Item]:
    ports = replace(desk.ports, ids=Following(seed)) if seed else desk.ports
    return combining.combine(desk.folder.id, Combining.model_validate({"groups": groups}), caller, ports)


def refusal(desk: Desk, *groups: dict[str, Any], caller: Caller = CALLER) -> list[Fault]:
    """Why nothing was made."""
    before = desk.items()
    with pytest.raises(Invalid) as refused:
        combined(desk, *groups, caller=caller)
    assert desk.items() == before
    return list(refused.value.faults)


def test_a_data_group_knows_what_its_members_are() -> None:
    desk = some_images(2)
    left, right = desk.items()

    (group,) = combined(desk, {"members": members(left=left, right=right), "metadata": {"line": 3}})

    assert (group.kind, group.title, group.metadata) == (MediaKind.DATA_GROUP, "0.png and 1 more", {"line": 3})
    assert [(it.id, it.key, it.kind, it.facts.width_px) for it in group.spaces] == [
        (left.id, "left", MediaKind.IMAGE, 20),
        (right.id, "right", MediaKind.IMAGE, 20),
    ]
    assert filing.summary(desk.folder.id, desk.ports.store).items == {MediaKind.IMAGE: 2, MediaKind.DATA_GROUP: 1}


def test_every_reason_is_told_with_its_path_and_nothing_is_made() -> None:
    desk = some_images(2)
    first, second = desk.items()
    (group,) = combined(desk, {"members": members(first)})

    faults = refusal(
        desk,
        {"members": members(first)},
        {"members": [{"item_id": "nowhere"}, *members(first, first, group)]},
        {"members": members(first, b=second), "layout": "custom", "tree": {"key": "c"}, "timeline": ["d"]},
        {"members": [*members(a=first), *members(a=second)], "settings": {"has_multilayer_labels": True}},
    )

    assert [fault.path for fault in faults] == [
        "groups[1].members[0].item_id",
        "groups[1].members[2].item_id",
        "groups[1].members[3].item_id",
        "groups[2].tree",
        "groups[2].timeline",
        "groups[3].members[1].key",
        "groups[3].settings.has_multilayer_labels",
    ]


@pytest.mark.parametrize("stranger", [BOB, MALLORY], ids=["without a role", "of another organisation"])
def test_items_that_one_may_not_see_are_as_if_they_were_not_there(stranger: Caller) -> None:
    desk = some_images(1)
    own = filing.make_folder(NewFolder(title="own"), stranger, desk.ports)

    (fault,) = refusal(replace(desk, folder=own), {"members": members(desk.items()[0])}, caller=stranger)

    assert "does not exist, or you may not see it" in fault.reason


def test_a_request_that_is_repeated_makes_its_groups_once() -> None:
    desk = some_images(2)
    wanted = [{"members": members(*desk.items())}, {"members": members(desk.items()[0])}]

    first = combined(desk, *wanted, seed=SEED)

    assert combined(desk, *wanted, seed=SEED) == first
    assert filing.summary(desk.folder.id, desk.ports.store).items[MediaKind.DATA_GROUP] == 2


def test_a_request_that_died_anywhere_is_completed_by_the_next() -> None:
    life = Life()
    for deaths in range(20):
        desk = some_images(40, ports=replace(memory_ports(), store=MortalStore(life)))
        wanted = [{"members": members(*desk.items())} for _ in range(3)]

        died = killed_after(deaths, life, lambda: combined(desk, *wanted, seed=SEED)) if deaths else True  # noqa: B023
        made = combined(desk, *wanted, seed=SEED)

        assert [it.member_count for it in made] == [40, 40, 40]
        counted = filing.summary(desk.folder.id, desk.ports.store).items
        assert counted == {MediaKind.IMAGE: 40, MediaKind.DATA_GROUP: 3}
        if not died:
            return
    raise AssertionError("it never came to an end by itself")


def test_a_member_stays_as_long_as_its_group_does() -> None:
    desk = some_images(2)
    first, second = desk.items()
    (group,) = combined(desk, {"members": members(first), "title": "pair"})

    refiled = refiling.delete(NamedItems(item_ids=(first.id, second.id)), CALLER, desk.ports)
    with pytest.raises(Conflict, match=group.id):
        refiling.delete_one(first.id, CALLER, desk.ports)

    assert (refiled.done, [it.item_id for it in refiled.refused]) == ((second.id,), [first.id])
    gone = refiling.delete(NamedItems(item_ids=(first.id, group.id)), CALLER, desk.ports)
    assert (set(gone.done), gone.refused) == ({first.id, group.id}, ())


def test_a_member_of_a_group_in_a_deleted_folder_may_go() -> None:
    desk = some_images(1)
    (image,) = desk.items()
    other = replace(desk, folder=filing.make_folder(NewFolder(title="groups"), CALLER, desk.ports))
    combined(other, {"members": members(image)})

    filing.delete_folder(other.folder.id, Deletion(recursive=True), desk.ports)

    assert refiling.delete_one(image.id, CALLER, desk.ports).deleted_at is not None


class Deleting(MortalStore):
    """Records among which somebody deletes an item just before a data group is written."""

    target: Item | None = None

    def commit(self, changes: Any, events: Any = ()) -> None:
        target, self.target = self.target, None
        if target is not None and any(_makes_group(it) for it in changes):
            super().commit([Save(ITEMS, target.changed(deleted_at=target.created_at))])
        elif target is not None:
            self.target = target
        super().commit(changes, events)


def _makes_group(change: Change) -> bool:
    return isinstance(change.model, Item) and change.model.kind is MediaKind.DATA_GROUP


def test_an_item_that_is_deleted_meanwhile_is_no_member() -> None:
    store = Deleting(Life())
    desk = some_images(2, ports=replace(memory_ports(), store=store))
    store.target = desk.items()[1]

    with pytest.raises(Invalid) as refused:
        combined(desk, {"members": members(*desk.items())})

    assert [it.path for it in refused.value.faults] == ["groups[0].members[1].item_id"]
    assert [it.kind for it in desk.items()] == [MediaKind.IMAGE]


def test_a_moved_member_is_still_listed_for_who_may_see_it() -> None:
    desk = some_images(2)
    first, second = desk.items()
    (group,) = combined(desk, {"members": members(first, second)})
    other = filing.make_folder(NewFolder(title="other"), CALLER, desk.ports)
    wanted = refiling.MovingItems(item_ids=(first.id,), folder_id=other.id)

    assert refiling.move(wanted, CALLER, desk.ports).done == (first.id,)

    page = unrolling.members(group.id, Query(), CALLER, desk.ports)
    assert [it.id for it in page.entries] == [first.id, second.id]


def test_a_group_is_moved_as_any_item_and_its_members_stay() -> None:
    desk = some_images(1)
    (group,) = combined(desk, {"members": members(*desk.items())})
    other = filing.make_folder(NewFolder(title="other"), CALLER, desk.ports)

    refiling.move(refiling.MovingItems(item_ids=(group.id,), folder_id=other.id), CALLER, desk.ports)

    assert [it.kind for it in desk.items()] == [MediaKind.IMAGE]
    assert filing.summary(other.id, desk.ports.store).items == {MediaKind.DATA_GROUP: 1}


def test_metadata_that_break_the_schema_are_named_by_their_group() -> None:
    desk = some_images(1)
    wanted = WantedSchema.model_validate({"types": {"line": {"ty": "number"}}})
    describing.replace(wanted, CALLER, desk.ports)
    image = members(*desk.items())

    faults = refusal(desk, {"members": image}, {"members": image, "metadata": {"line": "three"}})

    assert [it.path for it in faults] == ["groups[1].metadata.line"]


def test_a_group_has_forty_members_at_most() -> None:
    with pytest.raises(ValueError, match="at most 40"):
        Combining.model_validate({"groups": [{"members": [{"item_id": ItemId(str(at))} for at in range(41)]}]})
