"""Ontologies, label bodies and canvases for tests."""

from typing import Any

from gloss.domain import labels, ontology
from gloss.domain.labels import Canvas, LabelBody
from gloss.domain.ontology import Structure

Json = dict[str, Any]


def a_structure_json() -> Json:
    """Boxes with a static nested radio and a dynamic text; one object of most shapes; two classifications."""
    shapes = ["polygon", "polyline", "point", "skeleton", "bitmask", "circle", "ellipse", "rotatable_bounding_box"]
    return {
        "objects": [a_car_json(), *(an_object_json(number, shape) for number, shape in enumerate(shapes, start=2))],
        "classifications": [a_scene_json(), a_quality_json()],
    }


def a_car_json() -> Json:
    return {
        "id": "1",
        "name": "Car",
        "color": "#D33115",
        "shape": "bounding_box",
        "featureNodeHash": "carcarca",
        "required": True,
        "attributes": [
            {
                "id": "1.1",
                "name": "Colour",
                "type": "radio",
                "featureNodeHash": "colourco",
                "required": True,
                "options": [
                    an_option_json("1.1.1", "Red", "redredre"),
                    {
                        **an_option_json("1.1.2", "Other", "otheroth"),
                        "options": [
                            {"id": "1.1.2.1", "name": "Which", "type": "text", "featureNodeHash": "whichwhi"},
                        ],
                    },
                ],
            },
            {
                "id": "1.2",
                "name": "Damage",
                "type": "checklist",
                "featureNodeHash": "damageda",
                "options": [
                    an_option_json("1.2.1", "Dent", "dentdent"),
                    an_option_json("1.2.2", "Scratch", "scratchs"),
                ],
            },
            {"id": "1.3", "name": "Plate", "type": "text", "featureNodeHash": "plateplt", "dynamic": True},
            {"id": "1.4", "name": "Speed", "type": "numeric", "featureNodeHash": "speedspe"},
        ],
    }


def an_object_json(number: int, shape: str) -> Json:
    return {
        "id": str(number),
        "name": shape.replace("_", " ").title(),
        "color": "#E27300",
        "shape": shape,
        "featureNodeHash": f"{shape.replace('_', '').ljust(7, 'x')[:7]}{number}",
    }


def an_option_json(id_: str, label: str, feature: str) -> Json:
    return {"id": id_, "label": label, "value": label.lower(), "featureNodeHash": feature}


def a_scene_json() -> Json:
    options = [an_option_json("1.1.1", "Indoor", "indoorin"), an_option_json("1.1.2", "Outdoor", "outdooro")]
    attribute = {"id": "1.1", "name": "Scene", "type": "radio", "featureNodeHash": "sceneatt", "options": options}
    return {"id": "1", "featureNodeHash": "scenescn", "attributes": [attribute]}


def a_quality_json() -> Json:
    attribute = {"id": "2.1", "name": "Quality", "type": "numeric", "featureNodeHash": "qualatt1"}
    return {"id": "2", "featureNodeHash": "qualityq", "level": "global", "attributes": [attribute]}


def a_structure() -> Structure:
    return ontology.parse(a_structure_json())


def a_canvas(**facts: Any) -> Canvas:
    return Canvas.model_validate({"kind": "image", "frames": 1, "width_px": 100, "height_px": 50, **facts})


def a_box(**sides: float) -> Json:
    return {"shape": "bounding_box", "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4, **sides}


GEOMETRIES: dict[str, Json] = {
    "bounding_box": a_box(),
    "polygon": {"polygons": [[[0.1, 0.1, 0.5, 0.1, 0.5, 0.5], [0.2, 0.15, 0.3, 0.15, 0.3, 0.2]]]},
    "polyline": {"points": [[0.1, 0.1], [0.2, 0.3]]},
    "point": {"x": 0.5, "y": 0.25},
    "skeleton": {"points": [{"x": 0.5, "y": 0.5, "name": "nose", "feature": "nosenose", "visibility": "occluded"}]},
    "bitmask": {"top_px": 10, "left_px": 20, "height_px": 2, "width_px": 3, "rle": "1130"},
    "circle": {"x": 0.5, "y": 0.5, "r": 0.1},
    "ellipse": {"x": 0.5, "y": 0.5, "rx": 0.2, "ry": 0.1, "theta": 30.0},
    "rotatable_bounding_box": {"x": 0.4, "y": 0.4, "w": 0.2, "h": 0.1, "theta": 45.0},
}


def a_car(**fields: Any) -> Json:
    """A red car on frame 0, as it is sent."""
    red = {"feature": "colourco", "answer": ["redredre"]}
    return {"id": "car00001", "feature": "carcarca", "frames": {"0": {"geometry": a_box()}}, "answers": [red]} | fields


def an_object(shape: str, number: int = 1, frame: int = 0) -> Json:
    """An object of a shape on one frame; its class is the one of `a_structure` with that shape."""
    classes = {each["shape"]: each["featureNodeHash"] for each in a_structure_json()["objects"]}
    geometry = {"shape": shape, **GEOMETRIES[shape]}
    return {"id": f"object{number:02}", "feature": classes[shape], "frames": {str(frame): {"geometry": geometry}}}


def a_scene(**fields: Any) -> Json:
    """The whole image is indoors, as it is sent."""
    indoors = {"feature": "sceneatt", "answer": ["indoorin"]}
    return {"id": "scene001", "feature": "scenescn", "ranges": [[0, 0]], "answers": [indoors]} | fields


def a_body_json(*objects: Json, classifications: list[Json] | None = None) -> Json:
    return {"objects": list(objects or [a_car()]), "classifications": classifications or [a_scene()]}


def a_body(*objects: Json, canvas: Canvas | None = None, **fields: Any) -> LabelBody:
    return labels.parse(a_body_json(*objects, **fields), a_structure(), canvas or a_canvas())
