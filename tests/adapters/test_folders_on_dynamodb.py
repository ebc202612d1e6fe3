"""Folders and items on the table's own keys, indexes and conditions: moves, searches and sums are as in memory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import memory_ports
from gloss.domain.errors import Conflict, NotFound
from gloss.domain.media import MediaKind
from gloss.domain.search import FolderSearch, ItemOrder, ItemSearch
from gloss.ports import Ports
from gloss.services import filing, refiling, searching, tallying
from gloss.services.filing import Deletion
from gloss.services.refiling import MovingItems
from tests import aws
from tests.adapters.test_queue_on_dynamodb import _table
from tests.builders_register import CALLER, a_desk
from tests.services.test_filing import a_chain, a_folder, moved, path
from tests.services.test_refiling import another_folder
from tests.services.test_searching import a_tree, found
from tests.services.test_tallying import a_manifest


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ports]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = aws.client("dynamodb", "eu-west-1")
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        yield replace(memory_ports(), store=DynamoStore(client, "state", "outbox"))


def test_a_moved_folder_leads_up_anew_and_makes_no_ring(ports: Ports) -> None:
    top, middle, low = a_chain(ports, 3)
    other = a_folder(ports, "other")

    moved(ports, middle, other)

    assert path(ports, low) == [middle.id, other.id]
    with pytest.raises(Conflict):
        moved(ports, other, low)
    assert filing.summary(top.id, ports.store).is_empty


def test_a_deleted_tree_is_gone_and_comes_back(ports: Ports) -> None:
    top, low = a_chain(ports, 2)

    with pytest.raises(Conflict):
        filing.delete_folder(top.id, Deletion(), ports)
    filing.delete_folder(top.id, Deletion(recursive=True), ports)
    with pytest.raises(NotFound):
        filing.folder(low.id, ports.store)
    filing.restore_folder(top.id, ports)

    assert path(ports, low) == [top.id]


def test_items_move_with_their_notes_and_are_counted(ports: Ports) -> None:
    desk = replace(a_desk({}), ports=ports, folder=a_folder(ports))
    other = another_folder(desk)
    manifest: dict[str, Any] = {**a_manifest(100), "skip_duplicate_urls": True}
    _register(desk, manifest)

    ids = tuple(item.id for item in desk.items())
    report = refiling.move(MovingItems(item_ids=ids, folder_id=other.folder.id), CALLER, ports)

    assert (len(report.done), desk.items()) == (100, [])
    assert filing.summary(other.folder.id, ports.store).items == {MediaKind.IMAGE: 100}


def _register(desk: Any, manifest: dict[str, Any]) -> None:
    from gloss.services import submitting
    from gloss.services.submitting import NewJob

    desk.run(submitting.submit(desk.folder.id, NewJob(manifest=manifest), None, CALLER, desk.ports))


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("order", ItemOrder)
def test_a_search_goes_page_by_page_through_the_indexes(ports: Ports, order: ItemOrder, limit: int) -> None:
    tree = a_tree(ports)

    items = found(ItemSearch(folder_id=tree[0].id, recursive=True, order=order, limit=limit), ports)
    everywhere = found(ItemSearch(order=order, limit=limit, title_prefix="00002"), ports)

    assert [item.folder_id for item in items] == [folder.id for folder in tree for _ in range(2)]
    assert sorted(item.folder_id for item in everywhere) == sorted(folder.id for folder in tree)


def test_folders_are_found_by_the_beginning_of_their_titles(ports: Ports) -> None:
    tree = a_tree(ports)

    page = searching.folders(FolderSearch(title_prefix="L"), CALLER, ports.store)
    below = searching.folders(FolderSearch(parent_id=tree[0].id, title_prefix="r"), CALLER, ports.store)

    assert [folder.title for folder in page.entries] == ["left", "low"]
    assert [folder.title for folder in below.entries] == ["right"]


def test_tallies_are_folded_in_transactions(ports: Ports) -> None:
    top = a_folder(ports)
    for number in range(tallying.AT_ONCE + 10):
        a_folder(ports, str(number), top)

    tallying.fold(top.id, 5, ports.store)

    assert tallying.summary(top.id, ports.store).folders == tallying.AT_ONCE + 10
