"""An ontology of every shape and kind of question, and labels in all of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import unified_diff
from typing import Any, Final

import numpy as np
from encord.constants.enums import DataType
from encord.objects import OntologyStructure
from encord.objects.attributes import (
    Attribute,
    ChecklistAttribute,
    NumericAttribute,
    RadioAttribute,
    TextAttribute,
)
from encord.objects.bitmask import BitmaskCoordinates
from encord.objects.classification import OntologyClassificationLevel
from encord.objects.common import Shape
from encord.objects.coordinates import (
    BoundingBoxCoordinates,
    CircleCoordinates,
    Coordinates,
    Cuboid2DIsometricCoordinates,
    Cuboid2DPerspectiveCoordinates,
    CuboidCoordinates,
    EllipseCoordinates,
    HtmlCoordinates,
    PointCoordinate,
    PointCoordinate3D,
    PolygonCoordinates,
    PolylineCoordinates,
    RotatableBoundingBoxCoordinates,
    SkeletonCoordinate,
    SkeletonCoordinates,
)
from encord.objects.html_node import HtmlNode, HtmlRange
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.objects.ontology_object_instance import ObjectInstance
from encord.objects.skeleton_template import SkeletonTemplate, SkeletonTemplateCoordinate

P = PointCoordinate
FRONT: Final = [P(0.1, 0.1), P(0.3, 0.1), P(0.3, 0.3), P(0.1, 0.3)]
RING: Final = [P(0.1, 0.1), P(0.6, 0.1), P(0.6, 0.6)]
HOLE: Final = [P(0.3, 0.2), P(0.5, 0.2), P(0.5, 0.4)]
FAR: Final = [P(0.8, 0.8), P(0.9, 0.8), P(0.9, 0.9)]

#: By name: a shape and a thing of it, for media of 64 x 48 pixels.
DRAWN: Final[Mapping[str, tuple[Shape, Callable[[], Coordinates]]]] = {
    "box": (Shape.BOUNDING_BOX, lambda: BoundingBoxCoordinates(0.2, 0.3, 0.1, 0.1)),
    "turned box": (Shape.ROTATABLE_BOUNDING_BOX, lambda: RotatableBoundingBoxCoordinates(0.2, 0.3, 0.4, 0.5, 33.5)),
    "polygon": (Shape.POLYGON, lambda: PolygonCoordinates(RING)),
    "polygon with a hole": (Shape.POLYGON, lambda: PolygonCoordinates(polygons=[[RING, HOLE], [FAR]])),
    "line": (Shape.POLYLINE, lambda: PolylineCoordinates([P(0.1, 0.1), P(0.2, 0.5), P(0.9, 0.3)])),
    "line in space": (Shape.POLYLINE, lambda: PolylineCoordinates([PointCoordinate3D(0.1, 0.2, 3.5)] * 2)),
    "point": (Shape.POINT, lambda: P(0.25, 0.75)),
    "point in space": (Shape.POINT, lambda: PointCoordinate3D(0.25, 0.75, -4.0)),
    "circle": (Shape.CIRCLE, lambda: CircleCoordinates(0.5, 0.5, 0.2, 1.5, 20.0)),
    "ellipse": (Shape.ELLIPSE, lambda: EllipseCoordinates(0.5, 0.5, 0.2, 0.1, 45.0)),
    "cuboid": (Shape.CUBOID, lambda: CuboidCoordinates((1.5, -2.0, 3.0), (0.1, 0.2, 0.3), (4.0, 5.0, 6.0))),
    "flat cuboid": (Shape.CUBOID_2D, lambda: Cuboid2DIsometricCoordinates(FRONT, P(0.2, 0.1))),
    "flat cuboid to a point": (Shape.CUBOID_2D, lambda: Cuboid2DPerspectiveCoordinates(FRONT, P(0.8, 0.5), 0.5)),
}


#: Shapes whose things have no geometry but stretches of sound or text, and which no attribute follows over time.
STRETCHED: Final = frozenset({Shape.AUDIO, Shape.TEXT, Shape.TIME_RANGE})
KINDS: Final = (RadioAttribute, ChecklistAttribute, TextAttribute, NumericAttribute)


def every_class() -> OntologyStructure:
    """A class for each shape, each with every kind of attribute, and every kind of question."""
    structure = OntologyStructure()
    structure.add_skeleton_template(TEMPLATE)
    shapes = dict.fromkeys(shape for shape, _ in DRAWN.values())
    for shape in (*shapes, Shape.BITMASK, Shape.SKELETON, *STRETCHED):
        class_ = structure.add_object(name=TEMPLATE.name if shape is Shape.SKELETON else shape.value, shape=shape)
        for kind in KINDS:
            _with_options(class_.add_attribute(kind, name=f"static {kind.__name__}"))
            if shape not in STRETCHED:
                _with_options(class_.add_attribute(kind, name=f"dynamic {kind.__name__}", dynamic=True))
    for kind in KINDS:
        _with_options(structure.add_classification().add_attribute(kind, name=f"frame {kind.__name__}"))
    whole = structure.add_classification(level=OntologyClassificationLevel.GLOBAL)
    _with_options(whole.add_attribute(RadioAttribute, name="whole"))
    return structure


def _with_options(attribute: Attribute) -> None:
    if isinstance(attribute, RadioAttribute):
        attribute.add_option("one")
        other = attribute.add_option("other")
        if not attribute.dynamic:  # the SDK answers no question below a dynamic one
            other.add_nested_attribute(TextAttribute, name="which")
    elif isinstance(attribute, ChecklistAttribute):
        for label in ("a", "b", "c"):
            attribute.add_option(label)


#: Media whose labels have no frames.
RANGED: Final = frozenset({DataType.AUDIO, DataType.PLAIN_TEXT, DataType.TIME_SERIES})


def draw(row: LabelRowV2, shape: Shape, coordinates: Coordinates, frames: Any = 0) -> ObjectInstance:
    """A thing of a shape, with its questions answered."""
    class_ = next(it for it in row.ontology_structure.objects if it.shape is shape)
    instance = class_.create_instance()
    instance.set_for_frames(coordinates, frames)
    row.add_object_instance(instance)
    _answer_all(instance, class_.attributes)
    return instance


def ask(row: LabelRowV2, frames: Any = 0) -> None:
    """Every question answered: of frames, and about the whole."""
    for classification in row.ontology_structure.classifications:
        instance = classification.create_instance(range_only=row.data_type in RANGED)
        if not classification.is_global:
            instance.set_for_frames(frames)
        _answer_all(instance, classification.attributes)
        row.add_classification_instance(instance)


def _answer_all(instance: Any, attributes: Sequence[Attribute]) -> None:
    for attribute in attributes:
        instance.set_answer(_answer(attribute), attribute)
        if isinstance(attribute, RadioAttribute) and not attribute.dynamic:
            instance.set_answer("the second", attribute.options[1].nested_options[0])


def _answer(attribute: Attribute) -> Any:
    if isinstance(attribute, RadioAttribute):
        return attribute.options[1]
    if isinstance(attribute, ChecklistAttribute):
        return [attribute.options[2], attribute.options[0]]
    return 12.25 if isinstance(attribute, NumericAttribute) else "plain \u00fcnicode \U0001f697 text"


def a_mask(width: int, height: int) -> BitmaskCoordinates:
    """A slanted area."""
    rows, columns = np.mgrid[0:height, 0:width]
    return BitmaskCoordinates((columns > rows) & (columns < rows + 20))


def a_limb() -> SkeletonCoordinates:
    """A skeleton by its template."""
    return TEMPLATE.create_instance(
        [SkeletonCoordinate(x=0.1, y=0.2, name="hip"), SkeletonCoordinate(x=0.4, y=0.5, name="knee")]
    )


def everything_drawn(row: LabelRowV2, frames: Any, size: tuple[int, int]) -> None:
    """A thing of every shape that is drawn."""
    for shape, make in DRAWN.values():
        draw(row, shape, make(), frames)
    if row.data_type is not DataType.PDF:  # a page has no pixels that a mask could cover
        draw(row, Shape.BITMASK, a_mask(*size), frames)
    draw(row, Shape.SKELETON, a_limb(), frames)


def a_paragraph() -> HtmlCoordinates:
    """A stretch of an HTML page."""
    ends = [HtmlNode(xpath="/html[1]/body[1]/p[1]/text()[1]", offset=offset) for offset in (0, 8)]
    return HtmlCoordinates(range=[HtmlRange(start=ends[0], end=ends[1])])


TEMPLATE: Final = SkeletonTemplate(
    name="Limb",
    width=100.0,
    height=100.0,
    skeleton={
        "0": SkeletonTemplateCoordinate(
            x=0.1, y=0.1, name="hip", color="#FF0000", value="hip", feature_hash="hiphip01"
        ),
        "1": SkeletonTemplateCoordinate(
            x=0.5, y=0.5, name="knee", color="#00FF00", value="knee", feature_hash="knee0001"
        ),
    },
    skeleton_edges={"0": {"1": {"color": "#00000"}}},
    feature_node_hash="limblimb",
    shape="skeleton",
)


def differences(before: LabelRowV2, after: LabelRowV2) -> str:
    """The lines of the two rows' documents that differ, but for what the server stamps or signs."""
    lines = [json.dumps(_plain(row.to_encord_dict()), indent=1, sort_keys=True).splitlines() for row in (before, after)]
    return "\n".join(unified_diff(*lines, n=2, lineterm=""))


def _plain(document: Any) -> Any:
    """Labels in the order of their hashes; other lists as they are."""
    if isinstance(document, dict):
        return {key: _plain(value) for key, value in document.items() if key not in STAMPED}
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return sorted(map(_plain, document), key=lambda it: json.dumps(it, sort_keys=True))
    return document


STAMPED: Final = frozenset({"createdBy", "lastEditedBy", "created_at", "last_edited_at", "label_status", "data_link"})
