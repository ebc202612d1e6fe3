"""What Gloss leaves out of the SDK is refused as such, call by call."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from builders import a_dataset, a_folder, a_title, an_ontology, fetched
from encord import EncordUserClient
from encord.beta.scene import SceneBuilder, intrinsics_pinhole
from encord.exceptions import MethodNotAllowedError
from encord.objects.ml_models import ModelArchitecture, ModelIterationPolicy, ModelsListOrderBy
from encord.orm.project import ReviewMode
from encord.utilities.client_utilities import LocalImport
from encord.utilities.storage.cloud_data_migration import update_storage_item_cloud_info

NO_ONE = uuid4()
ITERATION = {"model_uuid": NO_ONE, "training_uuid": NO_ONE}
ATTACHED = {"project_uuid": NO_ONE, "project_model_uuid": NO_ONE}
FRAMES = {**ATTACHED, "training_uuid": NO_ONE, "data_uuid": NO_ONE, "data_path": None, "conf_thresh": 0.5}
FRAMES |= {"frame_range_from": None, "frame_range_to": None}
POLICY = {"features_mapping": {}, "iteration_policy": ModelIterationPolicy.USE_LATEST, "training_uuids": None}


def demand_refused(calls: Mapping[str, Callable[[], Any]]) -> None:
    """Every call is refused; the client words it, the answer's own message says what to do instead."""
    for call in calls.values():
        with pytest.raises(MethodNotAllowedError):
            call()


@pytest.mark.shows(
    "MlModelsClient.create_model",
    "MlModelsClient.get_model",
    "MlModelsClient.list_models",
    "MlModelsClient.update_model",
    "MlModelsClient.delete_model",
    "MlModelsClient.create_training_job",
    "MlModelsClient.get_training_status",
    "MlModelsClient.get_training_data",
    "MlModelsClient.get_weights_download_link",
    "MlModelsClient.delete_training_iteration",
)
def test_models_are_not_trained_here(client: EncordUserClient) -> None:
    models, words = client.ml_models, {"title": "m", "description": None}
    training = {"model_uuid": NO_ONE, "batch_size": 1, "epochs": 1, "features_mapping": {}, "labels_uuids": []}
    training |= {"pretrained_training_uuid": None, "pretrained_weights_type": None}

    calls = {
        "create": lambda: models.create_model(features=["car"], model=ModelArchitecture.RESNET_18, **words),
        "get": lambda: models.get_model(model_uuid=NO_ONE),
        "list": lambda: list(models.list_models(order_by=ModelsListOrderBy.TITLE, order_asc=True, query=None)),
        "update": lambda: models.update_model(model_uuid=NO_ONE, **words),
        "delete": lambda: models.delete_model(model_uuid=NO_ONE),
        "train": lambda: models.create_training_job(**training),
        "status": lambda: models.get_training_status(**ITERATION),
        "data": lambda: list(models.get_training_data(**ITERATION)),
        "weights": lambda: models.get_weights_download_link(**ITERATION),
        "forget": lambda: models.delete_training_iteration(**ITERATION),
    }

    demand_refused(calls)


@pytest.mark.shows(
    "MlModelsClient.create_model_attachment",
    "MlModelsClient.list_model_attachments",
    "MlModelsClient.update_model_attachment",
    "MlModelsClient.delete_model_attachment",
    "MlModelsClient.predict_classification",
    "MlModelsClient.predict_instance_segmentation",
    "MlModelsClient.predict_object_detection",
)
def test_models_are_not_attached_to_projects_here(client: EncordUserClient) -> None:
    models, boxes = client.ml_models, {**FRAMES, "allocation_enabled": False, "iou_thresh": 0.5}

    calls = {
        "attach": lambda: models.create_model_attachment(project_uuid=NO_ONE, model_uuid=NO_ONE, **POLICY),
        "list": lambda: list(models.list_model_attachments(project_uuid=NO_ONE)),
        "update": lambda: models.update_model_attachment(**ATTACHED, **POLICY),
        "detach": lambda: models.delete_model_attachment(**ATTACHED),
        "classes": lambda: models.predict_classification(**FRAMES),
        "masks": lambda: models.predict_instance_segmentation(**boxes, rdp_thresh=None),
        "boxes": lambda: models.predict_object_detection(**boxes),
    }

    demand_refused(calls)


@pytest.mark.shows(
    "EncordUserClient.deidentify_dicom_files",
    "EncordUserClient.deidentify_dicom_files_start",
    "EncordUserClient.deidentify_dicom_files_get_result",
)
def test_dicom_files_are_not_deidentified_here(client: EncordUserClient) -> None:
    calls = {
        "whole": lambda: client.deidentify_dicom_files(["s3://b/1.dcm"], str(NO_ONE)),
        "start": lambda: client.deidentify_dicom_files_start(["s3://b/1.dcm"], str(NO_ONE)),
        "result": lambda: client.deidentify_dicom_files_get_result(NO_ONE),
    }

    demand_refused(calls)


def a_cvat_export(folder: Path, image: Path) -> LocalImport:
    """A CVAT export of one image without annotations."""
    (folder / "images" / "default").mkdir(parents=True)
    image.rename(folder / "images" / "default" / image.name)
    (folder / "annotations.xml").write_text("<annotations><meta><project/></meta></annotations>")
    return LocalImport(str(folder))


@pytest.mark.shows(
    "EncordUserClient.create_project_from_cvat",
    "EncordUserClient.create_project_from_cvat_start",
    "EncordUserClient.create_project_from_cvat_get_result",
)
def test_projects_are_not_made_from_cvat_here(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    export = a_cvat_export(tmp_path / "export", fetched(client, target, tmp_path, "0.png"))
    how = {"review_mode": ReviewMode.LABELLED, "transform_bounding_boxes_to_polygons": False}

    calls = {
        "whole": lambda: client.create_project_from_cvat(export, a_title("CVAT")),
        "start": lambda: client.create_project_from_cvat_start(import_method=export, dataset_name=a_title("C"), **how),
        "result": lambda: client.create_project_from_cvat_get_result(NO_ONE),
    }

    demand_refused(calls)


@pytest.mark.shows("Project.object_interpolation")
def test_objects_are_not_interpolated_here(client: EncordUserClient) -> None:
    project = client.get_project(client.create_project(a_title("Cars"), [], "", an_ontology(client).ontology_hash))

    demand_refused({"fill": lambda: project.object_interpolation({"0": {}}, ["h"])})


def test_items_are_not_moved_to_another_storage_here(client: EncordUserClient) -> None:
    move = {"move": lambda: update_storage_item_cloud_info(client, item=NO_ONE, new_url="s3://b/new.png")}

    demand_refused(move)


@pytest.mark.shows(
    "Dataset.re_encode_data",
    "Dataset.re_encode_data_status",
    "StorageFolder.re_encode_videos",
    "StorageFolder.get_re_encoding_status",
)
def test_videos_are_not_encoded_again_here(client: EncordUserClient) -> None:
    dataset, folder = a_dataset(client, []), a_folder(client)

    calls = {
        "dataset": lambda: dataset.re_encode_data(["h"]),
        "its state": lambda: dataset.re_encode_data_status(7),
        "folder": lambda: folder.re_encode_videos([NO_ONE], "t", force_full_reencoding=False),
        "that state": lambda: folder.get_re_encoding_status(NO_ONE),
    }

    demand_refused(calls)


@pytest.mark.shows("StorageFolder.upload_scene_file")
def test_scenes_are_not_uploaded_here(client: EncordUserClient, tmp_path: Path) -> None:
    cloud = tmp_path / "cloud.pcd"
    cloud.write_bytes(b"# .PCD v0.7")
    folder = a_folder(client)

    with pytest.raises(MethodNotAllowedError):
        folder.upload_scene_file(cloud)

    assert list(folder.list_items()) == []


def a_scene() -> SceneBuilder:
    """A scene of one camera's image."""
    lens = intrinsics_pinhole(fx=1.0, fy=1.0, ox=0.0, oy=0.0)
    scene = SceneBuilder()
    images = scene.add_image_stream("front", width=64, height=48, intrinsics=lens, timestamp=0.0)
    images.add_image(uri="s3://suite-media/0.png", timestamp=0.0)
    return scene


@pytest.mark.shows("StorageFolder.upload_scene")
def test_scenes_are_not_registered_here(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)

    demand_refused({"scene": lambda: folder.upload_scene(a_scene(), "crossing", target["integration"]["id"])})

    assert list(folder.list_items()) == []
