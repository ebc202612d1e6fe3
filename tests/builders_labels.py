"""Ontologies, label bodies and canvases for tests."""

from typing import Any

from gloss.domain import ontology
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
