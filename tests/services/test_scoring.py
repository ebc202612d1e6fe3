"""Scores of what annotators hand in: once for each submission, against the ground truth as it was then."""

from dataclasses import replace
from functools import partial

import pytest

from gloss.adapters.memory import memory_ports
from gloss.adapters.memory_mail import MemoryQueue
from gloss.domain import envelopes
from gloss.domain.access import Role
from gloss.domain.benchmark import Score, due_of
from gloss.domain.model import ProjectId, StageId, UserId
from gloss.domain.workflow.actions import Assign, Move, Reopen, Submit
from gloss.kinds.benchmark import ANNOTATOR_SCORES, SCORES, annotator_key
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.workflow import TASKS
from gloss.ports import Ports, Save
from gloss.services import advancing, benchmarking, labelling, marking, scoring, uniting
from gloss.services.labelling import SavedLabels
from gloss.services.uniting import Wanted
from tests.builders_benchmark import (
    ANN,
    BOSS,
    GOLD,
    a_benchmark,
    a_benchmark_house,
    a_box_at,
    gold_path,
    hand_in,
    reckon,
    scores_in,
    set_truth,
)
from tests.builders_consensus import BOB, a_block, a_new_task, a_subtask_path
from tests.builders_workflow import a_member, a_path, a_project, a_task, task_in
from tests.interleaving import LaggingStore, TurnTaking
from tests.mortal import killed_after, mortal
from tests.sdk.counting import CountingStore

PROJECT = ProjectId("project")


def the_score(ports: Ports) -> Score:
    (score,) = scores_in(ports)
    return score


def test_what_equals_the_ground_truth_scores_one() -> None:
    ports = a_benchmark_house()
    truth = set_truth(ports, x=0.1)
    done = hand_in(ports, x=0.1)

    assert reckon(ports) == ["scored"]

    score = the_score(ports)
    assert (score.agreement, score.annotator, score.sha256) == (1.0, "ann", done.label_sha256)
    assert (score.truth.project_id, score.truth.sha256) == (GOLD, truth.label_sha256)


@pytest.mark.parametrize(("x", "expected"), [(0.2, 1 / 3), (0.5, 0.0)])
def test_boxes_score_what_they_overlap(x: float, expected: float) -> None:
    ports = a_benchmark_house()
    set_truth(ports, x=0.1)
    hand_in(ports, x)

    reckon(ports)

    assert the_score(ports).agreement == pytest.approx(expected)


def test_data_without_ground_truth_gets_no_score() -> None:
    ports = a_benchmark_house("data", "other")
    set_truth(ports, "other")
    advancing.act(gold_path("other"), Reopen(), BOSS, ports)

    for data_id in ("data", "other"):
        hand_in(ports, data_id=data_id)

    assert (reckon(ports), scores_in(ports)) == ([], [])


def test_a_move_past_the_workflow_is_no_submission() -> None:
    ports = a_benchmark_house()
    set_truth(ports)

    advancing.act(a_path(), Move(destination=StageId("complete")), BOSS, ports)

    assert scores_in(ports) == []


def test_each_submission_has_a_score_of_its_own_and_all_count() -> None:
    ports = a_benchmark_house()
    set_truth(ports, x=0.1)
    hand_in(ports, x=0.5)
    advancing.act(a_path(), Reopen(), BOSS, ports)
    hand_in(ports, x=0.1)

    reckon(ports)

    assert [score.agreement for score in scores_in(ports)] == [0.0, 1.0]
    total = ports.store.get(ANNOTATOR_SCORES, annotator_key(PROJECT, ANN.user_id))
    assert (total.scored, total.mean, total.least) == (2, 0.5, 0.0)


def test_a_score_keeps_to_what_was_right_when_it_was_handed_in() -> None:
    ports = a_benchmark_house()
    before = set_truth(ports, x=0.1)
    hand_in(ports, x=0.1)
    set_truth(ports, x=0.6)

    reckon(ports)

    score = the_score(ports)
    assert (score.agreement, score.truth.sha256, score.truth.row_version) == (1.0, before.label_sha256, 1)


def test_what_is_labelled_after_the_submission_does_not_count() -> None:
    ports = a_benchmark_house()
    set_truth(ports, x=0.1)
    hand_in(ports, x=0.5)
    advancing.act(a_path(), Reopen(), BOSS, ports)
    hand_in(ports, x=0.1, who=BOSS)

    reckon(ports)

    assert {score.annotator: score.agreement for score in scores_in(ports)} == {"ann": 0.0, "boss": 1.0}


def test_a_score_that_is_asked_for_again_is_counted_once() -> None:
    ports = a_benchmark_house()
    set_truth(ports)
    hand_in(ports)

    assert [reckon(ports), reckon(ports)] == [["scored"], ["scored before"]]
    assert ports.store.get(ANNOTATOR_SCORES, annotator_key(PROJECT, UserId("ann"))).scored == 1


@pytest.mark.parametrize("writes", range(1, 6))
def test_whatever_dies_a_submission_is_scored_once(writes: int) -> None:
    ports, life = mortal(memory_ports())
    a_benchmark_house(ports=ports)
    set_truth(ports)

    killed_after(writes, life, lambda: (hand_in(ports), reckon(ports)))
    if task_in(ports).stage != "complete":
        hand_in(ports)
    reckon(ports)

    assert [score.agreement for score in scores_in(ports)] == [1.0]
    assert ports.store.get(ANNOTATOR_SCORES, annotator_key(PROJECT, ANN.user_id)).scored == 1


@pytest.mark.parametrize("number", [3, 110])
def test_many_that_are_submitted_together_are_all_scored(number: int) -> None:
    names = [f"data-{each:03}" for each in range(number)]
    ports = a_benchmark_house(*names)
    for name in names[:2]:
        set_truth(ports, name)
    for name in names:
        labelling.save(a_path(name), SavedLabels(labels={"objects": [a_box_at(0.1)]}), ANN, ports)

    wanted = [Wanted(task_id=a_path(name).task_id, action=Submit()) for name in names]
    uniting.act(a_benchmark(), StageId("annotate"), wanted, ANN, ports)

    assert reckon(ports) == ["scored", "scored"]
    assert [score.agreement for score in scores_in(ports)] == [1.0, 1.0]


def test_a_bundle_reads_its_ground_truth_at_once() -> None:
    names, store = [f"data-{each:03}" for each in range(50)], CountingStore()
    ports = a_benchmark_house(*names, ports=replace(memory_ports(), store=store))
    for name in names:
        labelling.save(a_path(name), SavedLabels(labels={"objects": [a_box_at(0.1)]}), ANN, ports)
    store.requests.clear()

    wanted = [Wanted(task_id=a_path(name).task_id, action=Submit()) for name in names]
    uniting.act(a_benchmark(), StageId("annotate"), wanted, ANN, ports)

    assert len([it for it in store.requests if it == "get_many task"]) == 2


def test_each_data_unit_is_looked_for_in_the_projects_that_have_its_dataset() -> None:
    store = CountingStore()
    ports = replace(memory_ports(), store=store)
    golds = [a_project(id=f"gold-{each}", title="Gold", dataset_ids=(f"set-{each}",)) for each in range(10)]
    ports.store.commit([Save(PROJECTS, gold) for gold in golds])
    tasks = [a_task(data_id=f"data-{each}", dataset_id=f"set-{each % 10}") for each in range(100)]

    benchmarking.among(tasks, a_benchmark(ground_truth_ids=tuple(it.id for it in golds)), ports.store)

    assert store.requests.count("get_many task") == 1


def test_a_request_asks_again_for_a_thousand_scores_at_most() -> None:
    ports, queue = a_benchmark_house(), MemoryQueue()
    set_truth(ports)
    hand_in(ports)
    waiting = [the_score(ports).model_copy(update={"id": f"{number:04}"}) for number in range(1_001)]
    for score in waiting:
        ports.store.commit([Save(SCORES, score)])

    assert marking.ask_again(PROJECT, queue, ports.store) == len(queue.sent) == 1_000


def test_each_subtask_of_a_consensus_has_its_own_score() -> None:
    ports = a_benchmark_house(workflow=a_block())
    ports.store.commit([Save(TASKS, a_new_task(data_id="blind"))])
    set_truth(ports, "blind", x=0.1)
    for who in (ANN, BOB):
        a_member(who.user_id, Role.ANNOTATOR, ports)
    for number, (who, x) in enumerate([(ANN, 0.1), (BOB, 0.5)]):
        path = a_subtask_path(ports, number, "blind")
        advancing.act(path, Assign(assignee=who.user_id), BOSS, ports)
        labelling.save(path, SavedLabels(labels={"objects": [a_box_at(x)]}), who, ports)
        advancing.act(path, Submit(), BOSS, ports)

    reckon(ports)

    subtasks = task_in(ports, "blind").subtasks
    told = {score.subtask_id: (score.annotator, score.agreement) for score in scores_in(ports)}
    assert told == {subtasks[0].id: ("ann", 1.0), subtasks[1].id: ("bob", 0.0)}


def test_labels_that_take_too_long_to_compare_say_so_and_do_not_count() -> None:
    ports = a_benchmark_house()
    set_truth(ports, x=0.1)
    hand_in(ports, x=0.2)
    (waiting,) = scores_in(ports)

    assert scoring.score(due_of(waiting), ports, most_pairs=0) == "not comparable"

    score = the_score(ports)
    assert (score.agreement, score.refusal) == (None, "the labels have more than 0 pairs of objects on a frame")
    assert ports.store.find(ANNOTATOR_SCORES, annotator_key(PROJECT, ANN.user_id)) is None


def test_both_events_of_a_score_are_told_once_and_name_it() -> None:
    ports = a_benchmark_house()
    set_truth(ports)
    hand_in(ports)
    reckon(ports)
    reckon(ports)

    told = [event for event in ports.store.events if event.kind.startswith("benchmark.")]  # type: ignore[attr-defined]
    assert [event.kind for event in told] == ["benchmark.submitted", "benchmark.scored"]
    assert {event.score_id for event in told} == {the_score(ports).id}


def test_the_webhook_of_a_score_names_task_annotator_and_agreement() -> None:
    ports = a_benchmark_house()
    set_truth(ports, x=0.1)
    task = hand_in(ports, x=0.1)
    reckon(ports)

    payload = envelopes.payload(ports.store.events[-1])  # type: ignore[attr-defined]

    assert (payload["task_uuid"], payload["data_hashes"]) == (task.id, [task.data_id])
    assert (payload["annotator"], payload["agreement"]) == ("ann", 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_two_scores_of_a_person_at_the_same_moment_both_count(seed: int) -> None:
    turns = TurnTaking(seed)
    store = LaggingStore(turns, lag=2)
    ports = a_benchmark_house("data", "other", ports=replace(memory_ports(), store=store))
    for data_id in ("data", "other"):
        set_truth(ports, data_id)
        hand_in(ports, data_id=data_id)
    dues = [due_of(score) for score in scores_in(ports)]

    store.started = True
    turns.run([partial(scoring.score, due, ports) for due in (*dues, *dues)])
    store.started = False

    assert ports.store.get(ANNOTATOR_SCORES, annotator_key(PROJECT, ANN.user_id)).scored == 2
