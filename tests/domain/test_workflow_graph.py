"""The graph of stages: its JSON, and every rule that a sound workflow keeps."""

from typing import Any

import pytest

from gloss.domain.errors import Invalid, NotFound
from gloss.domain.workflow import graph, shape
from tests.builders_workflow import a_workflow, stages


def faults_of(*drawn: dict[str, Any]) -> dict[str, str]:
    return {fault.path: fault.reason for fault in shape.faults(graph.read({"stages": list(drawn)}))}


def router(**changes: Any) -> dict[str, Any]:
    pathways = [
        {"id": "a", "name": "most", "to": "review", "percent": 90},
        {"id": "b", "name": "few", "to": "complete", "percent": 10},
    ]
    return {"id": "router", "kind": "percentage_router", "title": "Sample", "pathways": pathways, **changes}


def test_the_usual_workflow_is_sound() -> None:
    assert shape.checked(a_workflow()) == a_workflow()


def test_a_workflow_survives_its_json() -> None:
    assert graph.read(graph.write(a_workflow())) == a_workflow()


def test_an_unknown_field_is_named_by_path() -> None:
    with pytest.raises(Invalid) as refused:
        a_workflow(review={"colour": "red"})

    assert [fault.path for fault in refused.value.faults] == ["stages[3].colour"]


def test_a_workflow_needs_one_start_and_one_complete() -> None:
    reasons = [fault.reason for fault in shape.faults(graph.read({"stages": stages()[1:4]}))]

    assert "needs exactly one start stage, has 0" in reasons
    assert "needs exactly one complete stage, has 0" in reasons


def test_a_workflow_needs_an_annotate_stage() -> None:
    pathways = [{"id": "p", "name": "on", "to": "complete"}]
    start, agent, _, _, complete = stages(agent={"pathways": pathways})

    assert faults_of(start, agent, complete) == {"stages": "needs at least one annotate stage"}


def test_ids_and_titles_are_used_once() -> None:
    found = faults_of(*stages(), {"id": "annotate", "kind": "annotate", "title": "Review", "to": "complete"})

    assert found == {"stages[5].id": "'annotate' is used twice", "stages[5].title": "'Review' is used twice"}


def test_names_of_pathways_are_unique_in_a_stage() -> None:
    twice = [{"id": "p1", "name": "on", "to": "annotate"}, {"id": "p2", "name": "on", "to": "complete"}]

    assert faults_of(*stages(agent={"pathways": twice})) == {"stages[1].pathways[1].name": "'on' is used twice"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"annotate": {"to": "nowhere"}}, "stages[2].to"),
        ({"review": {"rejected": "start"}}, "stages[3].rejected"),
        ({"start": {"to": "review"}}, "stages[0].to"),
        ({"agent": {"pathways": [{"id": "p", "name": "on", "to": "gone"}]}}, "stages[1].pathways[0].to"),
        ({"agent": {"default_pathway": "p9"}}, "stages[1].default_pathway"),
        ({"review": {"barred_by": ["agent"]}}, "stages[3].barred_by[0]"),
    ],
)
def test_a_wrong_edge_or_setting_is_named_by_path(changes: dict[str, Any], path: str) -> None:
    assert list(faults_of(*stages(**changes))) == [path]


def test_percentages_sum_to_a_hundred() -> None:
    short = router(pathways=[{"id": "a", "name": "most", "to": "review", "percent": 99.5}])

    assert faults_of(*stages(annotate={"to": "router"}), short)["stages[5].pathways"].startswith("the percentages")


def test_a_sound_percentage_router_is_accepted() -> None:
    assert faults_of(*stages(annotate={"to": "router"}), router()) == {}


def test_a_stage_that_nothing_reaches_is_refused() -> None:
    assert faults_of(*stages(), router()) == {"stages[5]": "no way leads here from Start"}


def test_a_stage_without_a_way_to_complete_is_refused() -> None:
    pathways = [{"id": "p1", "name": "on", "to": "annotate"}, {"id": "p2", "name": "trap", "to": "trap"}]
    trap = {"id": "trap", "kind": "annotate", "title": "Trap", "to": "trap"}

    assert faults_of(*stages(agent={"pathways": pathways}), trap) == {"stages[5]": "no way leads from here to Complete"}


def test_routers_may_not_lead_in_a_circle() -> None:
    back = [
        {"id": "a", "name": "on", "to": "complete", "percent": 50},
        {"id": "b", "name": "again", "to": "router", "percent": 50},
    ]
    found = faults_of(*stages(annotate={"to": "router"}, agent={}), router(pathways=back))

    assert found["stages[5]"].startswith("routers lead in a circle")


def test_a_missing_stage_is_not_found() -> None:
    with pytest.raises(NotFound):
        a_workflow().stage(graph.StageId("nowhere"))
