"""A thousand actions in one bundle: one request, and all of them happen or none does."""

import logging
import re
from typing import Any

import pytest
from builders import an_ontology
from encord import EncordUserClient, Project
from encord.exceptions import InvalidArgumentsError
from encord.workflow import AgentStage, AnnotationStage
from encord.workflow.stages.agent import AgentTask
from projects import a_project, told_images
from workflows import a_template

MOST = 1_000


def a_thousand_tasks(target: dict[str, Any], client: EncordUserClient) -> Project:
    """A project in which they all wait for an agent."""
    ontology = an_ontology(client).ontology_hash
    made = a_project(target, ontology, told_images(target, MOST), template_id=a_template(target))
    return client.get_project(made)


def send_on(project: Project, tasks: list[AgentTask]) -> None:
    with project.create_bundle(bundle_size=MOST) as bundle:
        for task in tasks:
            task.proceed(pathway_name="To people", bundle=bundle)


def carried(log: pytest.LogCaptureFixture) -> list[str]:
    """The statuses of the requests that carried actions."""
    said = (re.search(r'/actions HTTP/1.1" (\d+)', record.getMessage()) for record in log.records)
    return [found[1] for found in said if found]


@pytest.mark.shows("AgentStage.get_tasks", "AgentTask.proceed")
def test_a_thousand_tasks_stay_where_one_of_them_has_left_and_else_go_on_together(
    target: dict[str, Any], client: EncordUserClient, caplog: pytest.LogCaptureFixture
) -> None:
    project = a_thousand_tasks(target, client)
    agent = project.workflow.get_stage(name="Pre-label", type_=AgentStage)
    annotate = project.workflow.get_stage(name="Annotate", type_=AnnotationStage)
    first, *others = agent.get_tasks()
    first.proceed(pathway_name="To people")

    caplog.set_level(logging.DEBUG, "urllib3.connectionpool")
    with pytest.raises(InvalidArgumentsError):
        send_on(project, [first, *others])
    assert len(list(agent.get_tasks())) == len(others) == MOST - 1
    send_on(project, others)

    assert carried(caplog) == ["400", "200"]
    assert list(agent.get_tasks()) == []
    assert len({task.data_hash for task in annotate.get_tasks()}) == MOST
