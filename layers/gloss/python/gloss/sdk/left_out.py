"""What Gloss leaves out of the public SDK, and what to do instead."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class LeftOut(NamedTuple):
    """A part of the SDK that is not offered: what it is, what to do instead, its calls under `/v2/public/`."""

    what: str
    instead: str
    calls: tuple[tuple[str, str], ...] = ()
    legacy: tuple[str, ...] = ()


_MODEL = "ml-models/{model_id}"
_ITERATION = "ml-models/{model_id}/iterations/{training_id}"
_ATTACHED = "projects/{owner_id}/models-attachments"
_PREDICTED = "projects/{owner_id}/models-attachments/{model_id}/iterations/{training_id}"

LEFT_OUT: Final[Mapping[str, LeftOut]] = {
    "models": LeftOut(
        "training and serving of models",
        "run a model in an agent stage, which may write labels",
        (
            ("POST", "ml-models"),
            ("GET", "ml-models"),
            ("GET", _MODEL),
            ("PATCH", _MODEL),
            ("DELETE", _MODEL),
            ("POST", f"{_MODEL}/trainings"),
            ("GET", f"{_ITERATION}/training"),
            ("GET", f"{_ITERATION}/training-data"),
            ("GET", f"{_ITERATION}/weights-link"),
            ("DELETE", _ITERATION),
            ("POST", _ATTACHED),
            ("GET", _ATTACHED),
            ("PATCH", _ATTACHED + "/{model_id}"),
            ("DELETE", _ATTACHED + "/{model_id}"),
            ("POST", f"{_PREDICTED}/classification/predict"),
            ("POST", f"{_PREDICTED}/instance-segmentation/predict"),
            ("POST", f"{_PREDICTED}/object-detection/predict"),
        ),
    ),
    "deidentification": LeftOut(
        "de-identification of DICOM files",
        "de-identify the files where they lie, then register them",
        (("POST", "dicom-deidentification"), ("GET", "dicom-deidentification/{job_id}")),
    ),
    "cvat": LeftOut(
        "import from CVAT",
        "register the media, make an ontology and save the labels with the SDK",
        (("POST", "projects/cvat-import"), ("GET", "projects/cvat-import/{job_id}")),
    ),
    "scenes": LeftOut(
        "scenes of point clouds",
        "register the cameras' images or videos",
        (("GET", "scene/{scene_id}"),),
    ),
    "interpolation": LeftOut(
        "interpolation of objects",
        "compute the frames between in the script and save them",
        legacy=("labelingalgorithm",),
    ),
    "re-encoding": LeftOut(
        "re-encoding of videos",
        "media stays as it is; re-encode it in its bucket and register the result",
        (("POST", "storage/items/reencode"), ("GET", "storage/items/reencode/{job_id}")),
        ("reencodevideotask",),
    ),
    "migration": LeftOut(
        "moving items to another storage",
        "register the files again at their new place",
        (("POST", "storage/items/migrate-storage"),),
    ),
}


def refusal(part: LeftOut) -> str:
    """What who asks for it is told."""
    return f"Gloss leaves out {part.what}: {part.instead}."


def part_of_query(query_type: str) -> LeftOut | None:
    """The part that a legacy query belongs to, if it is left out."""
    return next((part for part in LEFT_OUT.values() if query_type in part.legacy), None)
