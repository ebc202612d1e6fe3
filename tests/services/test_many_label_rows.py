"""Making and saving many label rows at once: all or none for the rules, once each for crashes and races."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.adapters.memory import MemoryStore, memory_ports
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.system import SeededIds
from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gloss.domain.events import Event
from gloss.domain.workflow.label_rows import Row
from gloss.ports import Change, Key, Kind, Ports
from gloss.remembering import Remembering
from gloss.services import branching, enumerating, fetching, locating, opening, recalling, vetting
from gloss.services.branching import Copying
from gloss.services.enumerating import RowFilter, Wanted
from gloss.services.fetching import Fetch
from tests.builders_consensus import a_house_of
from tests.builders_labels import a_box
from tests.builders_rows import BOSS, bodies, open_all, outlook, save_all, saves, some_rows
from tests.builders_workflow import a_caller, a_project, a_workflow, task_in
from tests.mortal import Killed, Life, MortalBlobs, MortalStore

ANN = a_caller(Role.ANNOTATOR, "ann")


class CountingStore(MemoryStore):
    """Counts what it is asked; `before` is done ahead of the commit of that number."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.commits = 0
        self.before: dict[int, Callable[[], Any]] = {}

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self.reads += 1
        return super().find(kind, key)

    def get_many(self, kind: Kind[Any], keys: Sequence[Key]) -> list[Any]:
        self.reads += -(-len(keys) // 100) - len(keys)
        return super().get_many(kind, keys)

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        self.reads += 1 - len(asked)
        return super().find_each(*asked)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self.commits += 1
        self.before.pop(self.commits, lambda: None)()
        super().commit(changes, events)


def counting(count: int) -> tuple[Ports, CountingStore, list[str]]:
    store = CountingStore()
    ports, row_ids = some_rows(count, replace(memory_ports(), store=store))
    store.reads = store.commits = 0
    return ports, store, row_ids


def test_making_a_hundred_rows_takes_a_few_batches() -> None:
    ports, store, _ = counting(100)

    rows = open_all(ports, 100)

    assert all(row.is_made for row in rows)
    assert (store.reads, store.commits) == (2, 2)


def test_making_rows_again_changes_nothing() -> None:
    ports, store, _ = counting(5)
    first = open_all(ports, 5)

    again = open_all(ports, 5)

    assert again == first
    assert store.commits == 1


def test_saving_a_thousand_rows_asks_a_bounded_number_of_times() -> None:
    ports, store, row_ids = counting(1000)
    open_all(ports, 1000)
    store.reads = store.commits = 0

    save_all(ports, row_ids)

    assert saves(ports, row_ids) == [1] * 1000
    assert store.reads <= 30
    assert store.commits <= 50


def test_one_refused_row_keeps_all_from_being_saved() -> None:
    ports, row_ids = some_rows(3)
    open_all(ports, 3)

    with pytest.raises(Invalid) as refused:
        save_all(ports, row_ids, feature="nowherex")

    assert [fault.path for fault in refused.value.faults] == [f"labels[{it}].objects[0].feature" for it in range(3)]
    assert saves(ports, row_ids) == [0, 0, 0]


def test_a_row_that_was_never_made_cannot_be_saved() -> None:
    ports, row_ids = some_rows(2)

    with pytest.raises(NotFound):
        save_all(ports, row_ids)


@pytest.mark.parametrize(("role", "refusal"), [(Role.VIEWER, Forbidden), (Role.REVIEWER, Forbidden)])
def test_who_may_not_label_saves_no_row(role: Role, refusal: type[Exception]) -> None:
    ports, row_ids = some_rows(1)
    open_all(ports, 1)

    with pytest.raises(refusal):
        save_all(ports, row_ids, a_caller(role, "somebody"))


def test_rows_of_a_paused_project_are_made_by_managers_only() -> None:
    ports, _ = some_rows(1)
    paused = a_project(status="paused")
    looking = replace(outlook(ports, ANN), project=paused)

    with pytest.raises(Conflict):
        opening.open_rows(["data-0000"], "main", looking, ports)  # type: ignore[list-item]


def test_the_last_writer_wins_where_somebody_came_between() -> None:
    ports, store, row_ids = counting(60)
    open_all(ports, 60)
    store.before[store.commits + 2] = lambda: save_all(
        ports, row_ids[-1:], ANN, frames={"0": {"geometry": a_box(w=0.6)}}
    )

    save_all(ports, row_ids)

    assert saves(ports, row_ids) == [1] * 59 + [2]
    assert bodies(ports, row_ids[-1:])[0].objects[0].frames[0].geometry.w == 0.3  # type: ignore[union-attr]


@pytest.mark.parametrize("branch", ["main", "model"])
def test_a_save_that_broke_off_anywhere_is_finished_by_the_retry(branch: str) -> None:
    for lifetime in range(1, 100):
        life = Life()
        ports, _ = some_rows(35, replace(memory_ports(), store=MortalStore(life), blobs=MortalBlobs(life)))
        row_ids = [row.id for row in open_all(ports, 35, branch)]
        life.left = lifetime
        died = died_saving(replace(ports, ids=SeededIds("request")), row_ids)
        life.revive()

        save_all(replace(ports, ids=SeededIds("request")), row_ids)

        assert saves(ports, row_ids) == [1] * 35
        if not died:
            return
    pytest.fail("the request never lived to its end")


def died_saving(ports: Ports, row_ids: list[str]) -> bool:
    try:
        save_all(ports, row_ids)
    except Killed:
        return True
    return False


def test_rows_on_a_branch_leave_the_task_untouched() -> None:
    ports, _ = some_rows(1)
    before = task_in(ports, "data-0000")
    (row,) = open_all(ports, 1, "model")

    save_all(ports, [row.id])

    assert task_in(ports, "data-0000") == before
    assert len(bodies(ports, [row.id])[0].objects) == 1


class OnceEach(MemoryStore):
    """Refuses as DynamoDB does what names one record twice."""

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        keys = [change.kind.key(change.model) for change in changes]
        assert len(keys) == len({*keys}), "one transaction names each record once"
        super().commit(changes, events)


def test_rows_of_one_task_on_several_branches_are_saved_together() -> None:
    ports = a_house_of("data-0000", ports=replace(memory_ports(), store=OnceEach()))
    others = (it.branch for it in task_in(ports, "data-0000").subtasks)
    row_ids = [row.id for branch in ("main", *others) for row in open_all(ports, 1, branch)]

    save_all(ports, row_ids)

    assert saves(ports, row_ids) == [1, 1, 1]


def test_a_row_that_is_named_by_several_ids_is_copied_once() -> None:
    ports, row_ids = some_rows(1, replace(memory_ports(), store=OnceEach()))
    row_ids += [row.id for branch in ("main", "model") for row in open_all(ports, 1, branch)][1:]

    assert branching.copy(row_ids, Copying(source="main", target="human"), outlook(ports), ports) == 1


def test_copying_passes_over_rows_that_have_labels() -> None:
    ports, row_ids = some_rows(2)
    open_all(ports, 2)
    save_all(ports, row_ids)
    wanted = Copying(source="main", target="model")
    always = wanted.model_copy(update={"overwrite": True})

    copied = [branching.copy(row_ids, each, outlook(ports), ports) for each in (wanted, wanted, always)]

    targets = [row.id for row in open_all(ports, 2, "model")]
    assert copied == [2, 0, 2]
    assert saves(ports, targets) == [2, 2]


def test_rows_that_a_stage_hides_are_not_found() -> None:
    hiding = a_project(workflow=a_workflow(annotate={"hide_unassigned": True}))
    ports, row_ids = some_rows(1)
    open_all(ports, 1)

    looking = replace(outlook(ports, ANN), project=hiding)

    assert not looking.sees(task_in(ports, "data-0000"))
    assert outlook(ports, BOSS).sees(task_in(ports, "data-0000"))
    assert len(row_ids) == 1


def test_fetching_a_hundred_rows_takes_a_few_batches() -> None:
    ports, store, row_ids = counting(100)
    open_all(ports, 100)
    save_all(ports, row_ids)
    store.reads, ports = 0, replace(ports, store=Remembering(store))

    rows = locating.by_id(row_ids, outlook(ports), ports.store)
    documents = list(fetching.documents(rows, Fetch(), outlook(ports), ports, lambda _: MemoryMedia({})))

    assert len(documents) == 100
    assert store.reads <= 8


@given(
    branches=st.lists(st.sampled_from(["main", "a", "b"]), max_size=3, unique=True),
    wanted=st.sampled_from(["main", "a", "b", "unknown", None]),
)
def test_a_list_tells_of_a_branch_what_was_made_there(branches: list[str], wanted: str | None) -> None:
    ports, _ = some_rows(2)
    for branch in branches:
        open_all(ports, 2, branch)
    asked = Wanted(RowFilter(data_ids=("data-0000", "data-0001"), branch=wanted))  # type: ignore[arg-type]

    listed = [it.row for chunk in enumerating.label_rows(asked, outlook(ports), ports) for it in chunk]

    expected = [wanted] if wanted else ["main", *sorted({*branches} - {"main"})]
    assert sorted(row.branch for row in listed) == sorted(expected * 2)
    assert {row.branch for row in listed if row.is_made} == {*branches} & {*expected}


@pytest.mark.parametrize("branch", ["main", "model"])
def test_rows_that_two_make_at_once_are_made_once(branch: str) -> None:
    ports, store, _ = counting(3)
    first = 1 if branch == "main" else 2  # a branch is noted before its rows
    others: list[list[Row]] = []
    store.before[first] = lambda: others.append(open_all(ports, 3, branch))

    mine = open_all(ports, 3, branch)

    assert [row.id for row in mine] == [row.id for row in others[0]]
    assert open_all(ports, 3, branch) == mine
    assert {row.kept.version for row in mine if row.kept} <= {1}


def test_completing_again_leaves_completed_tasks_alone() -> None:
    ports, row_ids = some_rows(30)
    open_all(ports, 30)

    recalling.send(row_ids, "complete", BOSS, ports, outlook(ports))
    done = task_in(ports, "data-0007")
    recalling.send(row_ids, "complete", BOSS, ports, outlook(ports))

    assert (done.stage, task_in(ports, "data-0007").version) == ("complete", done.version)
    recalling.send(row_ids, "reopen", BOSS, ports, outlook(ports))
    assert {task_in(ports, f"data-{number:04}").status.value for number in range(30)} == {"REOPENED"}


def test_a_row_knows_what_keeps_it_from_being_valid() -> None:
    ports, row_ids = some_rows(1)
    open_all(ports, 1)
    save_all(ports, row_ids, answers=[])

    vetted = vetting.vet(row_ids[0], outlook(ports), ports)

    assert [fault.path for fault in vetted.faults] == ["objects[0].answers"]
    assert vetted.row.missing_answers == 1
