"""Where an object lies on a frame: one model a shape. Relative (0-1, origin top left) unless named `_px`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gloss.domain.model import Value
from gloss.domain.ontology import Color, FeatureHash, Name

Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Side = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=0, le=200_000)]
Triple = tuple[Number, Number, Number]
Point2 = tuple[Unit, Unit]
Point3 = tuple[Unit, Unit, Number]
Ring = Annotated[tuple[Unit, ...], Field(min_length=6)]
Polygon = Annotated[tuple[Ring, ...], Field(min_length=1)]
SLACK = 1e-6


class Box(Value):
    """An upright rectangle; x, y is its top left corner."""

    shape: Literal["bounding_box"]
    x: Unit
    y: Unit
    w: Side
    h: Side

    @model_validator(mode="after")
    def lies_inside(self) -> "Box":
        if self.x + self.w > 1 + SLACK or self.y + self.h > 1 + SLACK:
            raise ValueError("the box reaches beyond the frame: x + w and y + h are at most 1")
        return self


class RotatableBox(Value):
    """A rectangle turned about its centre by `theta` degrees, clockwise on screen; x, y before the turn."""

    shape: Literal["rotatable_bounding_box"]
    x: Number
    y: Number
    w: Side
    h: Side
    theta: Number = 0.0


class Polygons(Value):
    """Areas, each an outer ring and its holes; a ring is x0, y0, x1, y1, ..."""

    shape: Literal["polygon"]
    polygons: Annotated[tuple[Polygon, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def holds_pairs(self) -> "Polygons":
        if any(len(ring) % 2 for polygon in self.polygons for ring in polygon):
            raise ValueError("a ring is a list of x, y pairs, so its length is even")
        return self


class Polyline(Value):
    """An open line through points, all flat or all with a third coordinate."""

    shape: Literal["polyline"]
    points: Annotated[tuple[Point2, ...], Field(min_length=2)] | Annotated[tuple[Point3, ...], Field(min_length=2)]


class Point(Value):
    """One place."""

    shape: Literal["point"]
    x: Unit
    y: Unit
    z: Number | None = None


class Vertex(Value):
    """A named joint of a skeleton; one whose visibility is not said counts as visible."""

    x: Unit
    y: Unit
    name: Name
    feature: FeatureHash | None = None
    color: Color | None = None
    value: str | None = None
    visibility: Literal["visible", "invisible", "occluded", "self_occluded"] | None = None


class Skeleton(Value):
    """Joints in the order of their template."""

    shape: Literal["skeleton"]
    points: Annotated[tuple[Vertex, ...], Field(min_length=1)]


class Bitmask(Value):
    """A mask of `height_px` x `width_px` pixels at an offset; `rle` is scanned row by row."""

    shape: Literal["bitmask"]
    top_px: Pixels = 0
    left_px: Pixels = 0
    height_px: Annotated[Pixels, Field(ge=1)]
    width_px: Annotated[Pixels, Field(ge=1)]
    rle: Annotated[str, Field(max_length=20_000_000)]


class Circle(Value):
    """Centre and radius (relative to the frame's width), `stretch` across, turned by `theta` degrees."""

    shape: Literal["circle"]
    x: Unit
    y: Unit
    r: Positive
    stretch: Positive = 1.0
    theta: Number = 0.0


class Ellipse(Value):
    """Centre, half axes (rx relative to the width, ry to the height), turned by `theta` degrees."""

    shape: Literal["ellipse"]
    x: Unit
    y: Unit
    rx: Positive
    ry: Positive
    theta: Number = 0.0


class Cuboid(Value):
    """A box in space: position and size in scene units, orientation in radians."""

    shape: Literal["cuboid"]
    position: Triple
    orientation: Triple
    size: Triple


class Cuboid2d(Value):
    """A box drawn flat: the front's four corners and either a vanishing point with a scale or an offset."""

    shape: Literal["cuboid_2d"]
    front: Annotated[tuple[Number, ...], Field(min_length=8, max_length=8)]
    vanishing_point: tuple[Number, Number] | None = None
    scale_ratio: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    offset: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def has_one_depth(self) -> "Cuboid2d":
        if (self.vanishing_point is None) == (self.offset is None):
            raise ValueError("give either vanishing_point (with scale_ratio) or offset")
        return self


Geometry = Annotated[
    Box | RotatableBox | Polygons | Polyline | Point | Skeleton | Bitmask | Circle | Ellipse | Cuboid | Cuboid2d,
    Field(discriminator="shape"),
]
