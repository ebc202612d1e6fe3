"""Items, datasets, ontologies, templates and projects in a house, made by its Admin through the services."""

from typing import Any

from gloss.domain.access import Caller, OrgRole
from gloss.domain.identity import Ownership
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.model import DatasetId, FolderId, ItemId
from gloss.kinds.identity import OWNERSHIPS
from gloss.kinds.register import ITEMS
from gloss.ports import Save
from gloss.services import attaching, cataloguing, projecting
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset, NewOntology, NewTemplate
from gloss.services.projecting import Begun, NewProject
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
