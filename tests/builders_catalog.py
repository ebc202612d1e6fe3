"""Items, datasets, ontologies, templates and projects in a house, made by its Admin through the services."""

from typing import Any

from gloss.domain.access import Caller, OrgRole, Role
from gloss.domain.identity import Ownership
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.model import DatasetId, FolderId, ItemId, StageId
from gloss.domain.project import Project
from gloss.domain.workflow.actions import Move
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.identity import OWNERSHIPS
from gloss.kinds.register import ITEMS
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Save
from gloss.services import advancing, attaching, cataloguing, labelling, projecting
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset, NewOntology, NewTemplate
from gloss.services.labelling import SavedLabels
from gloss.services.projecting import Begun, NewProject
from gloss.services.situating import TaskPath
from tests.builders_labels import a_structure_json
from tests.builders_workflow import stages
from tests.doorway import House

FOLDER = FolderId("folder")


def the_admin(house: House) -> Caller:
    founded = house.founded
    return Caller(user_id=founded.user_id, org_id=founded.org_id, email="admin@acme.io", org_role=OrgRole.ADMIN)


def an_item(house: House, number: int = 1, **fields: Any) -> ItemId:
    """A stored image of 100 x 50 pixels in the folder; returns its id."""
    plain: dict[str, Any] = {
        "id": f"item-{number}",
        "org_id": house.founded.org_id,
        "folder_id": FOLDER,
        "kind": MediaKind.IMAGE,
        "title": f"{number:05}.jpg",
        "url": f"s3://media/{number:05}.jpg",
        "facts": Facts(mime_type="image/jpeg", width_px=100, height_px=50),
        "created_at": house.ports.clock.now(),
        "created_by": house.founded.user_id,
    }
    item = Item.model_validate({**plain, **fields})
    house.ports.store.commit([Save(ITEMS, item)])
    return item.id


def a_folder(house: House, items: int = 2) -> FolderId:
    """A folder of images that the organisation owns."""
    house.ports.store.commit([Save(OWNERSHIPS, Ownership(resource=f"folder:{FOLDER}", org_id=house.founded.org_id))])
    for number in range(1, items + 1):
        an_item(house, number, row=number)
    return FOLDER


def a_dataset(house: House, items: int = 2) -> DatasetId:
    """A dataset of images, and their folder."""
    made = cataloguing.make_dataset(NewDataset(title="Streets"), the_admin(house), house.ports)
    if items:
        folder = a_folder(house, items)
        attaching.attach(made.id, Attaching(folder_ids=(folder,)), the_admin(house), house.ports)
    return made.id


def a_project(house: House, dataset_id: DatasetId | None = None, **stage_changes: dict[str, Any]) -> Begun:
    """A project over a dataset with the workflow of `a_workflow` and the ontology of `a_structure`."""
    caller, ports = the_admin(house), house.ports
    ontology = cataloguing.make_ontology(NewOntology(title="Cars", structure=a_structure_json()), caller, ports)
    wanted = NewTemplate(title="Plain", graph={"stages": stages(**stage_changes)})
    template = cataloguing.make_template(wanted, caller, ports)
    project = NewProject(
        title="Night drive",
        dataset_ids=(dataset_id or a_dataset(house),),
        ontology_id=ontology.id,
        template_id=template.id,
    )
    return projecting.make_project(project, caller, ports)


def tasks_of(house: House, project: Project) -> list[Task]:
    """The project's tasks by title."""
    rows = [row for id_ in project.dataset_ids for row in house.ports.store.every(DATA_ROWS, data_rows_of(id_))]
    keys = [task_key(task_id_of(project.id, row.id)) for row in rows]
    return sorted(house.ports.store.get_many(TASKS, keys), key=lambda task: task.title)


def label(house: House, task: Task, body: dict[str, Any]) -> Task:
    """Save labels as the project's Admin."""
    caller = the_admin(house).model_copy(update={"role": Role.ADMIN})
    path = TaskPath(project_id=task.project_id, task_id=task.id)
    return labelling.save(path, SavedLabels(labels=body), caller, house.ports)


def move(house: House, task: Task, stage: str) -> Task:
    """Put a task into another stage as the project's Admin."""
    caller = the_admin(house).model_copy(update={"role": Role.ADMIN})
    path = TaskPath(project_id=task.project_id, task_id=task.id)
    return advancing.act(path, Move(destination=StageId(stage)), caller, house.ports)
