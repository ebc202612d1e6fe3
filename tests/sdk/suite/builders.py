"""What the suite's stories begin with, made by the SDK itself."""

from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import requests
from encord import EncordUserClient
from encord.dataset import Dataset
from encord.objects import OntologyStructure
from encord.objects.attributes import RadioAttribute, TextAttribute
from encord.objects.common import Shape
from encord.ontology import Ontology
from encord.orm.dataset import StorageLocation
from encord.project import Project
from encord.storage import StorageFolder, StorageItem

#: The array of a registration's JSON in which a file stands, by its ending.
ARRAYS = {
    "png": "images",
    "mp4": "videos",
    "wav": "audio",
    "pdf": "pdfs",
    "txt": "text",
    "html": "text",
    "nii": "nifti",
    "csv": "time_series",
    "dcm": "dicom_series",
}

#: Files of the bucket that were fetched already.
FETCHED: Final[dict[str, bytes]] = {}


def a_title(word: str) -> str:
    """A title that nothing else has."""
    return f"{word} {uuid4().hex[:8]}"


def a_structure() -> OntologyStructure:
    """A class in every shape that is drawn, a dynamic and a static attribute, and questions of each kind."""
    structure = OntologyStructure()
    for shape in (Shape.BOUNDING_BOX, Shape.ROTATABLE_BOUNDING_BOX, Shape.POLYGON, Shape.POLYLINE, Shape.POINT):
        structure.add_object(name=f"Car as {shape.value}", shape=shape)
    car = structure.objects[0]
    colour = car.add_attribute(RadioAttribute, name="Colour")
    colour.add_option("Red")
    colour.add_option("Blue")
    car.add_attribute(TextAttribute, name="Plate", dynamic=True)
    scene = structure.add_classification().add_attribute(RadioAttribute, name="Scene")
    scene.add_option("Indoor")
    scene.add_option("Outdoor")
    return structure


def an_ontology(client: EncordUserClient) -> Ontology:
    """An ontology of that structure."""
    return client.create_ontology(a_title("Cars"), structure=a_structure())


def a_folder(client: EncordUserClient, word: str = "inbox") -> StorageFolder:
    """An empty folder."""
    return client.create_storage_folder(a_title(word))


def registered(client: EncordUserClient, target: dict[str, Any], *names: str) -> list[StorageItem]:
    """Files of the suite's bucket registered in a new folder, in the order of their names here."""
    return registered_in(a_folder(client), client, target, *names)


def registered_in(
    folder: StorageFolder, client: EncordUserClient, target: dict[str, Any], *names: str
) -> list[StorageItem]:
    """The same in a folder that is there."""
    spec: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        array = ARRAYS[name.rpartition(".")[2]]
        url = "objectUrl_0" if array == "dicom_series" else "objectUrl"
        spec.setdefault(array, []).append({url: target["media"][name], "title": name})
    job = folder.add_private_data_to_folder_start(target["integration"]["id"], spec)
    done = folder.add_private_data_to_folder_get_result(job, timeout_seconds=120)
    assert (str(done.status), done.unit_errors) == ("LongPollingStatus.DONE", []), done
    ids = {each.name: each.item_uuid for each in done.items_with_names}
    return client.get_storage_items([ids[name] for name in names])


def a_dataset(client: EncordUserClient, items: list[StorageItem]) -> Dataset:
    """A dataset with a data unit for each item."""
    made = client.create_dataset(a_title("ds"), StorageLocation.CORD_STORAGE, create_backing_folder=False)
    dataset = client.get_dataset(made.dataset_hash)
    if items:
        dataset.link_items([item.uuid for item in items])
    return client.get_dataset(made.dataset_hash)


def fetched(client: EncordUserClient, target: dict[str, Any], folder: Path, name: str) -> Path:
    """A file of the suite's bucket on this machine, as a script's own files are."""
    if name not in FETCHED:
        item = registered(client, target, name)[0]
        parts = list(item.get_child_items(get_signed_urls=True)) or [item]
        FETCHED[name] = requests.get(parts[0].get_signed_url() or "", timeout=10).content
    path = folder / Path(name).name
    path.write_bytes(FETCHED[name])
    return path


def a_project_of(client: EncordUserClient, dataset: Dataset) -> Project:
    """A project of a dataset under a new ontology."""
    made = client.create_project(a_title("Cars"), [dataset.dataset_hash], "", an_ontology(client).ontology_hash)
    return client.get_project(made)
