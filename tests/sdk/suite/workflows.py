"""Workflows of the suite's stories, made over /v1 since the SDK makes none."""

from typing import Any

from builders import a_title
from projects import Target, api

PATHWAYS = [
    {"id": "p1", "name": "To people", "to": "annotate"},
    {"id": "p2", "name": "Straight on", "to": "complete"},
]
STAGES = [
    {"id": "start", "kind": "start", "title": "Start", "to": "agent"},
    {"id": "agent", "kind": "agent", "title": "Pre-label", "pathways": PATHWAYS},
    {"id": "annotate", "kind": "annotate", "title": "Annotate", "to": "review"},
    {"id": "review", "kind": "review", "title": "Review", "approved": "complete", "rejected": "annotate"},
    {"id": "complete", "kind": "complete", "title": "Complete"},
]


def a_template(target: Target) -> str:
    """An agent, then people who annotate and review; its id."""
    graph: dict[str, Any] = {"stages": STAGES}
    return str(api(target, "POST", "/v1/workflow-templates", {"title": a_title("Flow"), "graph": graph})["id"])


def an_agents_template(target: Target, agent: str, *pathways: str) -> str:
    """An agent's stage by that name, whose pathways each lead to an annotate stage of their own name; its id."""
    ends = [{"id": f"p{number}", "name": name, "to": f"annotate{number}"} for number, name in enumerate(pathways)]
    people = [{"id": end["to"], "kind": "annotate", "title": f"At {end['name']}", "to": "complete"} for end in ends]
    graph = [
        {"id": "start", "kind": "start", "title": "Start", "to": "agent"},
        {"id": "agent", "kind": "agent", "title": agent, "pathways": ends},
        *people,
        {"id": "complete", "kind": "complete", "title": "Complete"},
    ]
    wanted = {"title": a_title("Agents"), "graph": {"stages": graph}}
    return str(api(target, "POST", "/v1/workflow-templates", wanted)["id"])


def a_consensus_template(target: Target, annotators: int = 2, **review: Any) -> str:
    """Some annotators, blind to each other, then a review of what they handed in; its id."""
    judge = {"id": "judge", "kind": "consensus_review", "title": "Judge", "approved": "complete", "rejected": "label"}
    graph = [
        {"id": "start", "kind": "start", "title": "Start", "to": "label"},
        {"id": "label", "kind": "consensus_annotate", "title": "Label", "to": "judge", "annotators": annotators},
        {**judge, **review},
        {"id": "complete", "kind": "complete", "title": "Complete"},
    ]
    wanted = {"title": a_title("Consensus"), "graph": {"stages": graph}}
    return str(api(target, "POST", "/v1/workflow-templates", wanted)["id"])
