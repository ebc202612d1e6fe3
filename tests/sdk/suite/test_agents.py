"""Task agents: the guide's three scripts as it prints them, and what its library's two runners do besides."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from builders import a_title
from encord import EncordUserClient, Project
from encord.objects import OntologyStructure
from encord.objects.attributes import RadioAttribute
from encord.objects.common import Shape
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.workflow import AgentStage, AnnotationStage
from encord_agents.core.data_model import Frame
from encord_agents.core.webhooks import (
    AgentStageWorkReason,
    UnexpectedEventType,
    WebhookVerificationError,
    verify_and_parse_notification,
)
from encord_agents.tasks import Depends, QueueRunner, Runner
from encord_agents.tasks.dependencies import dep_asset, dep_single_frame, dep_video_iterator
from encord_agents.tasks.models import TaskAgentReturnStruct
from numpy.typing import NDArray
from projects import a_project, a_video, images
from workflows import an_agents_template

SCRIPTS = Path(__file__).parent / "scripts"


def animals(client: EncordUserClient) -> str:
    """Three classes of boxes and the question which animal it is."""
    structure = OntologyStructure()
    for name in ("Cat", "Dog", "Bird"):
        structure.add_object(name, Shape.BOUNDING_BOX)
    animal = structure.add_classification().add_attribute(RadioAttribute, name="Animal")
    for option in ("Cat", "Dog"):
        animal.add_option(option)
    return client.create_ontology(a_title("Animals"), structure=structure).ontology_hash


def an_agents_project(
    target: dict[str, Any], client: EncordUserClient, manifest: dict[str, Any], *stage: str
) -> Project:
    """A project whose tasks wait for an agent, with pathways by these names."""
    template = an_agents_template(target, *stage)
    return client.get_project(a_project(target, animals(client), manifest, template_id=template))


def run(script: str, target: dict[str, Any], project: Project, folder: Path) -> None:
    """A script with its placeholders filled in, in a process of its own."""
    said = {"private_key_path": target["keys"]["admin"], "domain": target["url"], "project_hash": project.project_hash}
    text = (SCRIPTS / f"{script}.txt").read_text()
    for name, value in said.items():
        text = text.replace(f"<{name}>", value)
    path = folder / f"{script}.py"
    path.write_text(text)
    told = {**os.environ, "ENCORD_SSH_KEY_FILE": said["private_key_path"], "ENCORD_DOMAIN": said["domain"]}
    done = subprocess.run([sys.executable, str(path)], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def at(project: Project, pathway: str) -> list[str]:
    """The titles of what has come along a pathway."""
    stage = project.workflow.get_stage(name=f"At {pathway}", type_=AnnotationStage)
    return sorted(task.data_title for task in stage.get_tasks())


def test_the_general_script_moves_every_task(target: dict[str, Any], client: EncordUserClient, tmp_path: Path) -> None:
    project = an_agents_project(target, client, images(target, 3), "Agent 1", "continue to Review")

    run("general", target, project, tmp_path)

    assert at(project, "continue to Review") == ["image 0", "image 1", "image 2"]


def test_the_preclassification_script_routes_by_what_the_model_says(
    target: dict[str, Any], client: EncordUserClient, tmp_path: Path
) -> None:
    project = an_agents_project(target, client, images(target, 4), "Agent 1", "Cat", "Dog", "Other")

    run("preclassification", target, project, tmp_path)

    ends = {name: at(project, name) for name in ("Cat", "Dog", "Other")}
    assert ends == {"Cat": ["image 3"], "Dog": ["image 0", "image 1"], "Other": ["image 2"]}
    (row,) = [row for row in project.list_label_rows_v2() if row.data_title == "image 1"]
    row.initialise_labels()
    (answered,) = row.get_classification_instances()
    assert answered.get_answer().label == "Dog"


def test_the_prelabelling_script_labels_every_frame(
    target: dict[str, Any], client: EncordUserClient, tmp_path: Path
) -> None:
    project = an_agents_project(target, client, a_video(target), "Pre-Labeling Agent", "Annotate 1")

    run("prelabel_video", target, project, tmp_path)

    assert at(project, "Annotate 1") == ["clip.mp4"]
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    assert [len(view.get_object_instances()) for view in row.get_frame_views()] == [10] * 12


@pytest.mark.shows("SequentialRunner.__call__")
def test_a_runner_saves_labels_and_priorities_in_bundles(target: dict[str, Any], client: EncordUserClient) -> None:
    project = an_agents_project(target, client, images(target, 3), "Agent 1", "On")
    runner = Runner(project_hash=project.project_hash, user_client=client)

    @runner.stage("Agent 1", will_set_priority=True)
    def agent(
        row: LabelRowV2, pixels: Annotated[NDArray[np.uint8], Depends(dep_single_frame)]
    ) -> TaskAgentReturnStruct:
        answer = row.ontology_structure.classifications[0].create_instance()
        answer.set_answer(row.ontology_structure.classifications[0].attributes[0].options[int(pixels.mean() > 80)])
        answer.set_for_frames()
        row.add_classification_instance(answer)
        return TaskAgentReturnStruct(pathway="On", label_row=row, label_row_priority=0.75)

    runner()

    assert len(at(project, "On")) == 3
    rows = project.list_label_rows_v2()
    assert {row.priority for row in rows} == {0.75}
    project_rows = {row.data_title: row for row in rows}
    project_rows["image 2"].initialise_labels()
    assert project_rows["image 2"].get_classification_instances()[0].get_answer().label == "Dog"


def test_a_runner_goes_on_when_some_of_its_bundle_have_left(target: dict[str, Any], client: EncordUserClient) -> None:
    project = an_agents_project(target, client, images(target, 3), "Agent 1", "On")
    runner = Runner(project_hash=project.project_hash, user_client=client)
    stage = project.workflow.get_stage(name="Agent 1", type_=AgentStage)
    first = next(iter(stage.get_tasks()))

    @runner.stage("Agent 1")
    def agent(asset: Annotated[Path, Depends(dep_asset)]) -> str:
        assert asset.stat().st_size > 0
        if stage.get_tasks(data_hash=first.data_hash):
            _leave(stage, first.data_title)
        return "On"

    runner()

    assert at(project, "On") == ["image 0", "image 1", "image 2"]


def _leave(stage: AgentStage, title: str) -> None:
    """What somebody else does meanwhile."""
    for task in stage.get_tasks(data_title=title):
        task.proceed(pathway_name="On")


@pytest.mark.shows("QueueRunner.stage")
def test_a_queue_runner_does_the_tasks_that_a_queue_brings(target: dict[str, Any], client: EncordUserClient) -> None:
    project = an_agents_project(target, client, a_video(target), "Agent 1", "On")
    runner = QueueRunner(project_hash=project.project_hash, user_client=client)
    seen: list[int] = []

    @runner.stage("Agent 1")
    def agent(frames: Annotated[Any, Depends(dep_video_iterator)]) -> str:
        seen.extend(frame.frame for frame in frames if isinstance(frame, Frame))
        return "On"

    (stage,) = runner.get_agent_stages()
    done = [json.loads(agent(task.model_dump_json())) for task in stage.get_tasks()]

    assert [result["success"] for result in done] == [True]
    assert (seen, at(project, "On")) == (list(range(12)), ["clip.mp4"])


def test_a_delivery_of_ours_is_genuine_to_the_agents_library(target: dict[str, Any]) -> None:
    delivery = target["delivery"]
    headers, secret, within = delivery["headers"], delivery["secret"], 86_400

    with pytest.raises(UnexpectedEventType, match="task_submitted_event"):
        verify_and_parse_notification(delivery["body"].encode(), headers, secret=secret, tolerance_seconds=within)
    with pytest.raises(WebhookVerificationError):
        verify_and_parse_notification(b"{}", headers, secret=secret, tolerance_seconds=within)


def test_the_agents_library_reads_how_much_work_waits(target: dict[str, Any]) -> None:
    delivery = target["work_delivery"]
    signed = {"secret": delivery["secret"], "tolerance_seconds": 86_400}

    told = verify_and_parse_notification(delivery["body"].encode(), delivery["headers"], **signed)

    assert (told.pending_count, told.payload.reason) == (7, AgentStageWorkReason.MAX_WAIT_ELAPSED)
    assert str(told.stage_uuid) == json.loads(delivery["body"])["payload"]["stage_uuid"]
