"""The life of tasks under consensus: arbitrary people act in arbitrary order; what must hold at every moment."""

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.errors import GlossError, IllegalAction, NotFound, Stale
from gloss.domain.model import DataId, ProjectId, TaskId
from gloss.domain.workflow import consensus, queue
from gloss.domain.workflow.actions import Approve, Assign, Move, Reject, Release, Requested, Skip, Submit
from gloss.domain.workflow.task import TaskStatus
from gloss.kinds.workflow import STEPS, TASKS, of_task, task_key
from gloss.ports import Ports, Query
from gloss.services import advancing, branching, claiming, labelling, opening, uniting
from gloss.services.branching import Copying
from gloss.services.claiming import Claiming, StagePath
from gloss.services.guarding import guarded
from gloss.services.locating import Outlook
from gloss.services.making import Following
from gloss.services.uniting import Wanted
from tests.builders_consensus import ANN, BOB, BOSS, CAT, JUDGE, LABEL, REV, a_consensus_project, a_house_of, label
from tests.builders_labels import a_car
from tests.builders_workflow import a_member, a_path, a_running_project, a_task
from tests.interleaving import LaggingStore, TurnTaking
from tests.mortal import killed_after, mortal

HERE = StagePath(project_id=ProjectId("project"), stage_id=LABEL)
ANNOTATORS = {"ann": ANN, "bob": BOB, "cat": CAT}
NAMES = ["one", "two"]
PEOPLE = st.sampled_from(sorted(ANNOTATORS))
TASK = st.sampled_from(NAMES)
NUMBER = st.integers(0, 1)


class ConsensusLife(RuleBasedStateMachine):
    """Two tasks, two annotators each of three who want to; nothing is required, so that anybody may hand in."""

    @initialize(reassign=st.booleans())
    def begin(self, reassign: bool) -> None:
        project = a_consensus_project({"allow_reassignment": reassign})
        self.ports = a_house_of(*NAMES, project=project)
        for user in ANNOTATORS:
            a_member(user, Role.ANNOTATOR, self.ports)
        for name in NAMES:
            for number in range(2):
                self.draw(name, number)

    def draw(self, name: str, number: int) -> None:
        path = a_path(name).model_copy(update={"task_id": self.task(name).subtasks[number].id})
        labelling.save(path, labelling.SavedLabels(labels={"objects": [a_car()]}), BOSS, self.ports)

    def task(self, name: str) -> Any:
        return self.ports.store.get(TASKS, task_key(a_path(name).task_id))

    def act(self, task_id: TaskId, action: Requested, who: Any) -> None:
        path = a_path().model_copy(update={"task_id": task_id})
        try:
            advancing.act(path, action, who, self.ports)
        except GlossError as refused:
            self.last = refused

    @rule(minutes=st.integers(1, 15))
    def time_passes(self, minutes: int) -> None:
        self.ports.clock.pass_time(60 * minutes)  # type: ignore[attr-defined]

    @rule(who=PEOPLE)
    def somebody_claims(self, who: str) -> None:
        claiming.claim(HERE, Claiming(lease_seconds=600), ANNOTATORS[who], self.ports)

    @rule(name=TASK, number=NUMBER, who=PEOPLE, action=st.sampled_from([Submit(), Skip(), Release()]))
    def an_annotator_acts(self, name: str, number: int, who: str, action: Requested) -> None:
        self.act(self.task(name).subtasks[number].id, action, ANNOTATORS[who])

    @rule(name=TASK, number=NUMBER, who=PEOPLE)
    def the_admin_assigns(self, name: str, number: int, who: str) -> None:
        self.act(self.task(name).subtasks[number].id, Assign(assignee=who), BOSS)

    @rule(name=TASK, number=NUMBER)
    def the_admin_hands_in(self, name: str, number: int) -> None:
        self.act(self.task(name).subtasks[number].id, Submit(), BOSS)

    @rule(name=TASK, action=st.sampled_from([Approve(), Reject()]))
    def the_reviewer_decides(self, name: str, action: Requested) -> None:
        self.act(self.task(name).id, action, REV)

    @rule(name=TASK, destination=st.sampled_from(["last", "complete", "judge", "label"]))
    def the_admin_moves(self, name: str, destination: str) -> None:
        self.act(self.task(name).id, Move(destination=destination), BOSS)

    @invariant()
    def nobody_has_two_subtasks_of_a_task(self) -> None:
        for name in NAMES:
            people = Counter(person for it in self.task(name).subtasks for person in it.people)
            assert set(people.values()) <= {1}

    @invariant()
    def a_task_is_judged_if_and_only_if_all_handed_in(self) -> None:
        for name in NAMES:
            task = self.task(name)
            assert len(task.subtasks) == 2
            assert (task.stage == LABEL) is not consensus.is_handed_in(task)
            assert task.stage != JUDGE or all(it.annotator for it in task.subtasks)

    @invariant()
    def each_arrival_at_the_review_is_told_once(self) -> None:
        for name in NAMES:
            steps = [*self.ports.store.every(STEPS, of_task(self.task(name).id), Query(prefix="STEP#"))]
            told_of: list[Any] = self.ports.store.events  # type: ignore[attr-defined]
            events = [it for it in told_of if getattr(it, "to_stage", "") == JUDGE]
            arrived = [it.id for it in steps if it.to_stage == JUDGE != it.stage]
            told = [it.id for it in events if it.stage != JUDGE and it.task_id == self.task(name).id]
            assert sorted(arrived) == sorted(told)
            entered = sum(it.to_stage == LABEL != it.stage for it in steps)
            assert len(arrived) <= entered + 1

    @invariant()
    def the_index_tells_whether_a_subtask_is_free(self) -> None:
        for task in map(self.task, NAMES):
            free = any(it.assignee is None and it.status is not TaskStatus.COMPLETED for it in task.subtasks)
            place = queue.stage_partition(task)
            assert task.stage != LABEL or place.endswith(("FREE", "BEGUN")) is free


TestConsensusLife = ConsensusLife.TestCase
TestConsensusLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

MANY = [f"data-{number:02}" for number in range(25)]
SEED = str(uuid4())


def assigned(ports: Ports) -> Ports:
    """Tasks whose subtasks were assigned and labelled."""
    ports = a_house_of(*MANY, ports=ports)
    for user in ("ann", "bob"):
        a_member(user, Role.ANNOTATOR, ports)
    for name in MANY:
        for number, user in enumerate(("ann", "bob")):
            path = a_path(name).model_copy(update={"task_id": subtask(ports, name, number)})
            advancing.act(path, Assign(assignee=user), BOSS, ports)
    return ports


def subtask(ports: Ports, name: str, number: int) -> TaskId:
    found: TaskId = ports.store.get(TASKS, task_key(a_path(name).task_id)).subtasks[number].id
    return found


def skip(ports: Ports, names: list[str] | None = None, seed: str | None = None) -> None:
    """Both subtasks of each task by one request; with a seed the same again."""
    pairs = [(name, number) for name in names or MANY for number in (0, 1)]
    wanted = [Wanted(task_id=subtask(ports, *pair), action=Skip()) for pair in pairs]
    own = guarded(replace(ports, ids=Following(seed or str(uuid4()))))
    uniting.act(a_consensus_project(), LABEL, wanted, BOSS, own)


def skipped(ports: Ports) -> Counter[str]:
    """How often each subtask was skipped, by the history."""
    tasks = [task_key(a_path(name).task_id) for name in MANY]
    steps = (it for key in tasks for it in ports.store.every(STEPS, key.partition, Query(prefix="STEP#")))
    return Counter(str(it.subtask_id) for it in steps if it.action == "skip")


def test_a_bundle_over_subtasks_is_one_change_of_each_task() -> None:
    ports = assigned(memory_ports())
    before = ports.store.get(TASKS, task_key(a_path(MANY[0]).task_id)).version

    skip(ports, MANY[:2])

    task = ports.store.get(TASKS, task_key(a_path(MANY[0]).task_id))
    assert task.version == before + 1
    assert [it.status for it in task.subtasks] == [TaskStatus.SKIPPED] * 2


@pytest.mark.parametrize("writes", range(1, 12))
def test_a_convoy_of_subtasks_that_died_is_finished_or_undone(writes: int) -> None:
    ports, life = mortal(memory_ports())
    assigned(ports)
    killed_after(writes, life, lambda: skip(ports, seed=SEED))

    skip(ports, seed=SEED)

    assert set(skipped(ports).values()) == {1}
    assert len(skipped(ports)) == 2 * len(MANY)


@pytest.mark.parametrize("seed", range(30))
def test_two_who_hand_in_at_once_send_the_task_on_once(seed: int) -> None:
    turns = TurnTaking(seed)
    store = LaggingStore(turns, 0)
    ports = a_house_of(ports=replace(memory_ports(), store=store))
    paths = []
    for number, who in enumerate((ANN, BOB)):
        a_member(who.user_id, Role.ANNOTATOR, ports)
        path = a_path().model_copy(update={"task_id": subtask(ports, "data", number)})
        advancing.act(path, Assign(assignee=who.user_id), BOSS, ports)
        label(ports, number, who)
        paths.append((path, who))

    store.started = True
    turns.run([lambda it=it: advancing.act(it[0], Submit(), it[1], ports) for it in paths])  # type: ignore[misc]
    store.started = False

    task = ports.store.get(TASKS, task_key(a_path().task_id))
    submits = [it for it in ports.store.every(STEPS, of_task(task.id), Query(prefix="STEP#")) if it.action == "submit"]
    assert (task.stage, task.submits) == (JUDGE, 1)
    assert sorted(it.to_stage for it in submits) == [JUDGE, LABEL]


def test_of_a_bundle_that_names_one_subtask_twice_nothing_is_done() -> None:
    ports = assigned(memory_ports())
    twice = [Wanted(task_id=subtask(ports, MANY[0], 0), action=Skip())] * 2

    with pytest.raises((IllegalAction, Stale)):
        uniting.act(a_consensus_project(), LABEL, twice, BOSS, guarded(ports))

    assert skipped(ports) == {}


def test_nobody_plants_labels_on_what_becomes_anothers_branch() -> None:
    ports = a_running_project(a_task(stage="last"), project=a_consensus_project())
    (ann, boss) = (Outlook.of(ProjectId("project"), who, ports) for who in (ANN, BOSS))

    with pytest.raises(NotFound):
        opening.open_rows([DataId("data")], "consensus-label-1", ann, ports)

    (mine,) = opening.open_rows([DataId("data")], "main", ann, ports)
    with pytest.raises(NotFound):
        branching.copy([mine.id], Copying(source="main", target="consensus-label-2"), ann, ports)
    assert opening.open_rows([DataId("data")], "consensus-label-1", boss, ports)
