"""A data group of one member of each sort, an ontology for it, and labels in its spaces."""

from typing import Any

from gloss.domain import labels, ontology
from gloss.domain.formats.facts import RowFacts, spaces_of, units_of
from gloss.domain.labels import Canvas, LabelBody
from gloss.domain.media import Item, MediaKind
from gloss.domain.ontology import Structure
from tests.builders_formats import a_row
from tests.builders_labels import Json, a_box, a_car, a_scene, a_structure_json
from tests.builders_workflow import an_item

PLAIN = {"width_px": 100, "height_px": 50}
SPACES: dict[str, dict[str, Any]] = {
    "image": {"kind": "image", "facts": {**PLAIN, "mime_type": "image/png"}},
    "video": {"kind": "video", "facts": {**PLAIN, "frame_count": 10, "fps": 5.0, "duration_s": 2.0}},
    "frames": {"kind": "image_sequence", "facts": {**PLAIN, "frame_count": 4}},
    "scan": {"kind": "nifti", "facts": {**PLAIN, "frame_count": 3}},
    "pdf": {"kind": "pdf", "facts": {"num_pages": 3}},
    "text": {"kind": "text", "facts": {"mime_type": "text/plain"}},
    "html": {"kind": "text", "facts": {"mime_type": "text/html"}},
    "audio": {"kind": "audio", "facts": {"duration_s": 1.5}},
    "series": {"kind": "time_series", "facts": {"duration_s": 2.0, "columns": ("time", "speed")}},
}
DRAWN = {"image": 1, "video": 10, "frames": 4, "scan": 3, "pdf": 3}


def a_group(**changes: Any) -> Item:
    """The group; each space bears its name as id and as key."""
    spaces = [{"id": name, "key": name, "title": f"{name}.file", **said} for name, said in SPACES.items()]
    whole = {"kind": MediaKind.DATA_GROUP, "facts": {}, "title": "Scene 7", "members": tuple(SPACES), "spaces": spaces}
    return an_item(**{**whole, **changes})


def a_canvas() -> Canvas:
    return labels.canvas_of(a_group())


def a_structure() -> Structure:
    """That of label bodies, with words in texts and sounds in recordings."""
    plain = a_structure_json()
    said = {"color": "#E27300", "attributes": []}
    word = {"id": "20", "name": "Word", "shape": "text", "featureNodeHash": "wordword", **said}
    sound = {"id": "21", "name": "Sound", "shape": "audio", "featureNodeHash": "soundsou", **said}
    while_ = {"id": "22", "name": "While", "shape": "time_range", "featureNodeHash": "whilewhi", **said}
    return ontology.parse({**plain, "objects": [*plain["objects"], word, sound, while_]})


def a_group_row(**facts: Any) -> RowFacts:
    """The head of the group's label row."""
    group = a_group()
    return a_row(*units_of("data-1", group, ()), kind=group.kind, spaces=spaces_of(group), **facts)


def a_while(**fields: Any) -> Json:
    """A stretch of a time series."""
    return {"id": "while001", "feature": "whilewhi", "ranges": [[0, 40], [60, 90]]} | fields


def a_word(**fields: Any) -> Json:
    return {"id": "word0001", "feature": "wordword", "ranges": [[0, 4], [6, 9]]} | fields


def a_link(**fields: Any) -> Json:
    """The same in HTML."""
    ends = {"start": {"xpath": "/html/p[1]", "offset": 2}, "end": {"xpath": "/html/p[2]", "offset": 0}}
    return {"id": "link0001", "feature": "wordword", "html_ranges": [ends]} | fields


def a_sound(**fields: Any) -> Json:
    return {"id": "sound001", "feature": "soundsou", "ranges": [[100, 1400]]} | fields


def a_remark(**fields: Any) -> Json:
    """The quality of the whole, as it is sent."""
    return {"id": "remark01", "feature": "qualityq", "answers": [{"feature": "qualatt1", "answer": 3.0}]} | fields


def everywhere() -> Json:
    """One car on the image and on two frames of the video, words, a sound, and answers about parts and the whole."""
    filmed = a_car(frames={"3": {"geometry": a_box()}, "9": {"geometry": a_box(x=0.2)}})
    return {
        "classifications": [a_remark()],
        "spaces": {
            "image": {"objects": [a_car()], "classifications": [a_scene()]},
            "video": {"objects": [filmed], "classifications": [a_scene(ranges=[[2, 5]])]},
            "text": {"objects": [a_word()], "classifications": [a_scene(ranges=[])]},
            "html": {"objects": [a_link()]},
            "audio": {"objects": [a_sound()]},
        },
    }


def a_group_body(raw: Json | None = None) -> LabelBody:
    return labels.parse(raw or everywhere(), a_structure(), a_canvas())
