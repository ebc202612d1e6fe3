"""The demo project: an ontology with every kind of attribute, nested, and a workflow of five stages."""

from typing import Any

VEHICLE, DEFECT, OUTLINE, WEATHER, REMARK = "VEHICLE1", "DEFECT01", "OUTLINE1", "WEATHER1", "REMARK01"
COLOUR, RED, BLUE, SHADE, DARK, LIGHT = "COLOUR01", "RED00001", "BLUE0001", "SHADE001", "DARK0001", "LIGHT001"
PARTS, DOOR, WHEEL, PLATE, SPEED = "PARTS001", "DOOR0001", "WHEEL001", "PLATE001", "SPEED001"
WEATHER_IS, SUN, RAIN, REMARK_IS = "WEATHIS1", "SUN00001", "RAIN0001", "REMARKIS"
START, PRELABEL, ANNOTATE, REVIEW, COMPLETE = "start", "prelabel", "annotate", "review", "complete"

ONTOLOGY: dict[str, Any] = {
    "objects": [
        {
            "name": "Vehicle",
            "shape": "bounding_box",
            "featureNodeHash": VEHICLE,
            "attributes": [
                {
                    "id": "1.1",
                    "name": "Colour",
                    "type": "radio",
                    "featureNodeHash": COLOUR,
                    "options": [
                        {
                            "id": "1.1.1",
                            "label": "Red",
                            "featureNodeHash": RED,
                            "options": [
                                {
                                    "id": "1.1.1.1",
                                    "name": "Shade",
                                    "type": "radio",
                                    "featureNodeHash": SHADE,
                                    "options": [
                                        {"id": "1.1.1.1.1", "label": "Dark", "featureNodeHash": DARK},
                                        {"id": "1.1.1.1.2", "label": "Light", "featureNodeHash": LIGHT},
                                    ],
                                }
                            ],
                        },
                        {"id": "1.1.2", "label": "Blue", "featureNodeHash": BLUE},
                    ],
                },
                {
                    "id": "1.2",
                    "name": "Parts seen",
                    "type": "checklist",
                    "featureNodeHash": PARTS,
                    "options": [
                        {"id": "1.2.1", "label": "Door", "featureNodeHash": DOOR},
                        {"id": "1.2.2", "label": "Wheel", "featureNodeHash": WHEEL},
                    ],
                },
                {"id": "1.3", "name": "Plate", "type": "text", "featureNodeHash": PLATE},
                {"id": "1.4", "name": "Speed", "type": "numeric", "dynamic": True, "featureNodeHash": SPEED},
            ],
        },
        {"name": "Defect", "shape": "polygon", "featureNodeHash": DEFECT},
        {"name": "Outline", "shape": "polyline", "featureNodeHash": OUTLINE},
    ],
    "classifications": [
        {
            "featureNodeHash": WEATHER,
            "attributes": [
                {
                    "id": "1.1",
                    "name": "Weather",
                    "type": "radio",
                    "featureNodeHash": WEATHER_IS,
                    "options": [
                        {"id": "1.1.1", "label": "Sun", "featureNodeHash": SUN},
                        {"id": "1.1.2", "label": "Rain", "featureNodeHash": RAIN},
                    ],
                }
            ],
        },
        {
            "featureNodeHash": REMARK,
            "level": "global",
            "attributes": [{"id": "2.1", "name": "Remark", "type": "text", "featureNodeHash": REMARK_IS}],
        },
    ],
}

WORKFLOW: dict[str, Any] = {
    "stages": [
        {"id": START, "kind": "start", "title": "Start", "to": PRELABEL},
        {
            "id": PRELABEL,
            "kind": "agent",
            "title": "Pre-label",
            "pathways": [{"id": "labelled", "name": "Labelled", "to": ANNOTATE}],
        },
        {"id": ANNOTATE, "kind": "annotate", "title": "Annotate", "to": REVIEW},
        {"id": REVIEW, "kind": "review", "title": "Review", "approved": COMPLETE, "rejected": ANNOTATE},
        {"id": COMPLETE, "kind": "complete", "title": "Complete"},
    ]
}
