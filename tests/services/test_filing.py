"""Folders that nest, move and go, with everything behind them in memory."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Caller, OrgRole, Role
from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gloss.domain.folder import MAX_DEPTH, Folder, path_of
from gloss.domain.model import UserId
from gloss.kinds.identity import GRANTS, grant_key
from gloss.kinds.register import FOLDERS
from gloss.ports import Key, Ports, Save
from gloss.services import filing, nesting
from gloss.services.filing import ChangedFolder, Deletion, NewFolder
from tests.builders_register import CALLER

BOB = Caller(user_id=UserId("bob"), org_id=CALLER.org_id, email="bob@acme.io", org_role=OrgRole.MEMBER)


def a_folder(ports: Ports, title: str = "f", parent: Folder | None = None, caller: Caller = CALLER) -> Folder:
    wanted = NewFolder(title=title, parent_id=parent.id if parent else None)
    return filing.make_folder(wanted, caller, ports)


def a_chain(ports: Ports, depth: int) -> list[Folder]:
    """So many folders, each in the one before."""
    made: list[Folder] = []
    for _ in range(depth):
        made.append(a_folder(ports, parent=made[-1] if made else None))
    return made


def moved(ports: Ports, folder: Folder, to: Folder | None, caller: Caller = CALLER) -> Folder:
    return filing.change_folder(folder.id, ChangedFolder(parent_id=to.id if to else None), caller, ports)


def path(ports: Ports, folder: Folder) -> list[str]:
    return list(path_of(nesting.trail(folder.id, ports.store)))


def test_everything_below_a_moved_folder_knows_its_new_way_up() -> None:
    ports = memory_ports()
    top, middle, low = a_chain(ports, 3)
    other = a_folder(ports, "other")

    moved(ports, middle, other)

    assert path(ports, low) == [middle.id, other.id]
    assert filing.summary(top.id, ports.store).folders == 0
    assert filing.summary(other.id, ports.store).folders == 1


def test_a_move_writes_one_folder_however_much_lies_below() -> None:
    ports = memory_ports()
    top = a_folder(ports)
    below = [a_folder(ports, str(number), top) for number in range(20)]
    versions = [filing.folder(each.id, ports.store).version for each in below]

    moved(ports, top, a_folder(ports, "other"))

    assert [filing.folder(each.id, ports.store).version for each in below] == versions


def test_a_null_parent_moves_a_folder_to_the_top() -> None:
    ports = memory_ports()
    _, low = a_chain(ports, 2)

    assert moved(ports, low, None).parent_id is None


def test_a_change_that_names_no_parent_moves_nothing() -> None:
    ports = memory_ports()
    top, low = a_chain(ports, 2)

    changed = filing.change_folder(low.id, ChangedFolder(title="new", description="d"), CALLER, ports)

    assert (changed.title, changed.description, changed.parent_id) == ("new", "d", top.id)


@pytest.mark.parametrize("to", [0, 1, 2])
def test_a_folder_moves_neither_into_itself_nor_below(to: int) -> None:
    ports = memory_ports()
    chain = a_chain(ports, 3)

    with pytest.raises(Conflict, match="into itself"):
        moved(ports, chain[0], chain[to])


def test_folders_nest_to_the_limit_and_no_deeper() -> None:
    ports = memory_ports()
    chain = a_chain(ports, MAX_DEPTH)

    with pytest.raises(Invalid, match="at most 32"):
        a_folder(ports, parent=chain[-1])


def test_a_tree_that_would_come_to_lie_too_deep_stays() -> None:
    ports = memory_ports()
    deep, tree = a_chain(ports, MAX_DEPTH - 2), a_chain(ports, 3)

    with pytest.raises(Invalid, match="at most 32"):
        moved(ports, tree[0], deep[-1])
    assert moved(ports, tree[1], deep[-1]).parent_id == deep[-1].id


def test_a_tree_too_large_to_look_into_moves_no_deeper() -> None:
    ports = memory_ports()
    top, other = a_folder(ports), a_folder(ports, "other")
    for number in range(nesting.MOST_BELOW + 1):
        a_folder(ports, str(number), top)

    with pytest.raises(Conflict, match="more than 1000"):
        moved(ports, top, other)


def test_moving_needs_a_role_on_the_new_parent() -> None:
    ports = memory_ports()
    mine, theirs = a_folder(ports, caller=BOB), a_folder(ports)

    with pytest.raises(NotFound):
        moved(ports, mine, theirs, BOB)
    grant = ports.store.get(GRANTS, grant_key(f"folder:{theirs.id}", "ann"))
    ports.store.commit([Save(GRANTS, grant.model_copy(update={"user_id": UserId("bob"), "role": Role.USER}))])
    with pytest.raises(Forbidden):
        moved(ports, mine, theirs, BOB)


def test_a_folder_that_holds_something_goes_only_when_asked() -> None:
    ports = memory_ports()
    top, middle, low = a_chain(ports, 3)

    with pytest.raises(Conflict, match="recursive=true"):
        filing.delete_folder(top.id, Deletion(), ports)
    filing.delete_folder(top.id, Deletion(recursive=True), ports)

    for each in (top, middle, low):
        with pytest.raises(NotFound):
            filing.folder(each.id, ports.store)


def test_a_restored_folder_brings_back_what_lay_below() -> None:
    ports = memory_ports()
    top, middle, low = a_chain(ports, 3)
    filing.delete_folder(middle.id, Deletion(recursive=True), ports)

    filing.restore_folder(middle.id, ports)

    assert path(ports, low) == [middle.id, top.id]
    assert filing.summary(top.id, ports.store).folders == 1


def test_a_folder_below_a_deleted_one_is_not_restored_alone() -> None:
    ports = memory_ports()
    top, low = a_chain(ports, 2)
    filing.delete_folder(low.id, Deletion(), ports)
    filing.delete_folder(top.id, Deletion(), ports)

    with pytest.raises(Conflict, match="restore that one first"):
        filing.restore_folder(low.id, ports)
    with pytest.raises(Conflict, match="not deleted"):
        filing.restore_folder(a_folder(ports).id, ports)


def test_nothing_is_made_in_a_deleted_folder() -> None:
    ports = memory_ports()
    top, low = a_chain(ports, 2)
    filing.delete_folder(top.id, Deletion(recursive=True), ports)

    with pytest.raises(NotFound):
        a_folder(ports, parent=low)


def test_a_ring_of_folders_is_walked_only_so_far() -> None:
    ports = memory_ports()
    top, low = a_chain(ports, 2)
    ports.store.commit([Save(FOLDERS, top.changed(parent_id=low.id))])

    assert len(nesting.trail(low.id, ports.store)) == nesting.HIGHEST_WALK


def test_paths_of_many_folders_cost_one_read_a_level() -> None:
    ports = memory_ports()
    top, middle = a_chain(ports, 2)
    low = [a_folder(ports, str(number), middle) for number in range(50)]
    reads: list[int] = []
    store = ports.store

    class Counting:
        def get_many(self, kind: object, keys: list[Key]) -> object:
            reads.append(len(keys))
            return store.get_many(kind, keys)  # type: ignore[arg-type]

    found = nesting.trails(low, Counting())  # type: ignore[arg-type]

    assert {path_of(found[each.id]) for each in low} == {(middle.id, top.id)}
    assert sum(reads) == 2
