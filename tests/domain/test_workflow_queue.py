"""Queue order: by priority, then the same for everybody; a claimant's draw stays within one priority."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.workflow import queue
from gloss.domain.workflow.task import Task
from tests.builders_workflow import NOON, a_task

TASKS = st.lists(st.tuples(st.integers(0, 99), st.sampled_from([0.0, 0.5, 0.5004, 1.0])), unique_by=lambda it: it[0])


def made(drawn: list[tuple[int, float]]) -> list[Task]:
    return [a_task(data_id=f"d{number}", priority=priority) for number, priority in drawn]


@given(TASKS)
def test_order_falls_with_priority(drawn: list[tuple[int, float]]) -> None:
    priorities = [task.priority for task in sorted(made(drawn), key=queue.order)]

    assert priorities == sorted(priorities, reverse=True)


@given(TASKS, st.text(max_size=5))
def test_a_draw_shuffles_only_within_one_priority(drawn: list[tuple[int, float]], draw: str) -> None:
    shuffled = queue.drawn(made(drawn), draw)

    assert [task.priority for task in shuffled] == sorted((task.priority for task in shuffled), reverse=True)
    assert {task.id for task in shuffled} == {task.id for task in made(drawn)}


def test_two_claimants_begin_at_different_tasks() -> None:
    tasks = [a_task(data_id=f"d{n}") for n in range(50)]

    assert len({queue.drawn(tasks, f"claimant {n}")[0].id for n in range(20)}) > 10


def test_shards_share_the_tasks_evenly() -> None:
    shares = Counter(queue.shard_of(a_task(data_id=f"d{n}")) for n in range(2000))

    assert set(shares) == set(range(queue.SHARDS))
    assert max(shares.values()) < 600


def test_free_held_and_claimed_tasks_lie_apart() -> None:
    tasks = [a_task(), a_task(assignee="ann"), a_task(assignee="ann", lease_until=NOON)]

    assert len({queue.stage_partition(task) for task in tasks}) == 3
