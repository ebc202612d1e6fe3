"""Geometries under the keys of the public label row, there and back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gloss.domain.labels import geometry as g
from gloss.domain.labels.geometry import Geometry

Json = dict[str, Any]

#: The key under which each shape's geometry stands.
KEYS: Final = {
    "bounding_box": "boundingBox",
    "rotatable_bounding_box": "rotatableBoundingBox",
    "polygon": "polygon",
    "polyline": "polyline",
    "point": "point",
    "skeleton": "skeleton",
    "bitmask": "bitmask",
    "circle": "circle",
    "ellipse": "ellipse",
    "cuboid": "cuboid",
    "cuboid_2d": "cuboid_2d",
}
_VISIBILITY = {"self_occluded": "selfOccluded"}
_FLAGS = {"invisible": "invisible", "occluded": "occluded", "selfOccluded": "self_occluded"}


def write(geometry: Geometry) -> Json:
    """The geometry's entries of a frame object; a polygon has two, the older of which knows one ring only."""
    return _WRITERS.get(geometry.shape, _plain)(geometry)


def read(shape: str, frame_object: Mapping[str, Any]) -> Json:
    """The geometry's own JSON, unchecked, from a frame object; without the shape's key an empty geometry."""
    raw = frame_object.get(KEYS.get(shape, ""))
    return {"shape": shape, **_READERS.get(shape, _same)(raw, frame_object)}


def _plain(geometry: Any) -> Json:
    return {KEYS[geometry.shape]: geometry.model_dump(exclude={"shape"}, exclude_none=True)}


def _box(box: g.Box) -> Json:
    return {"boundingBox": {"h": box.h, "w": box.w, "x": box.x, "y": box.y}}


def _polygon(area: g.Polygons) -> Json:
    outer = area.polygons[0][0]
    first = {str(number): {"x": x, "y": y} for number, (x, y) in enumerate(_pairs(outer))}
    return {"polygon": first, "polygons": [[list(ring) for ring in polygon] for polygon in area.polygons]}


def _polyline(line: g.Polyline) -> Json:
    return {
        "polyline": {str(number): dict(zip("xyz", point, strict=False)) for number, point in enumerate(line.points)}
    }


def _point(point: g.Point) -> Json:
    return {"point": {"0": {"x": point.x, "y": point.y} | ({} if point.z is None else {"z": point.z})}}


def _skeleton(skeleton: g.Skeleton) -> Json:
    return {"skeleton": {str(number): _vertex(vertex) for number, vertex in enumerate(skeleton.points)}}


def _vertex(vertex: g.Vertex) -> Json:
    said = vertex.model_dump(exclude={"feature"}, exclude_none=True)
    hashed = {"featureHash": vertex.feature} if vertex.feature else {}
    shown = {"visibility": _VISIBILITY.get(vertex.visibility, vertex.visibility)} if vertex.visibility else {}
    return {**said, **hashed, **shown}


def _bitmask(mask: g.Bitmask) -> Json:
    place = {"top": mask.top_px, "left": mask.left_px, "height": mask.height_px, "width": mask.width_px}
    return {"bitmask": {**place, "rleString": mask.rle}}


def _cuboid_2d(cuboid: g.Cuboid2d) -> Json:
    drawn: Json = {"front": list(cuboid.front)}
    if cuboid.offset is not None:
        return {"cuboid_2d": {**drawn, "offset": _place(cuboid.offset)}}
    vanishing = cuboid.vanishing_point or (0.0, 0.0)
    return {"cuboid_2d": {**drawn, "vanishingPoint": _place(vanishing), "scaleRatio": cuboid.scale_ratio}}


def _place(point: tuple[float, float]) -> Json:
    return {"x": point[0], "y": point[1]}


def _pairs(ring: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip(ring[::2], ring[1::2], strict=True))


_WRITERS: Final[Mapping[str, Callable[[Any], Json]]] = {
    "bounding_box": _box,
    "polygon": _polygon,
    "polyline": _polyline,
    "point": _point,
    "skeleton": _skeleton,
    "bitmask": _bitmask,
    "cuboid_2d": _cuboid_2d,
}


def _same(raw: Any, _object: Mapping[str, Any]) -> Json:
    return dict(raw) if isinstance(raw, Mapping) else {}


def _listed(raw: Any) -> list[Any]:
    """Points as a list, or as a dict with numbers as keys."""
    if isinstance(raw, Mapping):
        return [raw[key] for key in sorted(raw, key=lambda key: (len(str(key)), str(key)))]
    return list(raw) if isinstance(raw, list) else []


def _read_polygon(raw: Any, frame_object: Mapping[str, Any]) -> Json:
    complex_ = frame_object.get("polygons")
    if complex_:
        return {"polygons": complex_}
    return {"polygons": [[[point.get(axis) for point in _listed(raw) for axis in "xy"]]]}


def _read_polyline(raw: Any, _object: Mapping[str, Any]) -> Json:
    return {"points": [[point[axis] for axis in "xyz" if axis in point] for point in _listed(raw)]}


def _read_point(raw: Any, _object: Mapping[str, Any]) -> Json:
    return next((dict(point) for point in _listed(raw)), {})


def _read_skeleton(raw: Any, _object: Mapping[str, Any]) -> Json:
    return {"points": [_read_vertex(point) for point in _listed(raw)]}


def _read_vertex(point: Mapping[str, Any]) -> Json:
    kept = {key: point[key] for key in ("x", "y", "name", "color", "value") if point.get(key) is not None}
    hashed = {"feature": point["featureHash"]} if point.get("featureHash") else {}
    stated = point.get("visibility") or next((flag for flag in _FLAGS if point.get(flag) is True), None)
    return {**kept, **hashed, **({"visibility": _FLAGS.get(stated, stated)} if isinstance(stated, str) else {})}


def _read_bitmask(raw: Any, _object: Mapping[str, Any]) -> Json:
    names = {"top": "top_px", "left": "left_px", "height": "height_px", "width": "width_px", "rleString": "rle"}
    return {names.get(key, key): value for key, value in _same(raw, {}).items()}


def _read_circle(raw: Any, _object: Mapping[str, Any]) -> Json:
    return {("r" if key == "radius" else key): value for key, value in _same(raw, {}).items()}


def _read_cuboid_2d(raw: Any, _object: Mapping[str, Any]) -> Json:
    names = {"vanishingPoint": "vanishing_point", "scaleRatio": "scale_ratio"}
    found = {names.get(key, key): value for key, value in _same(raw, {}).items()}
    return {key: _flat(value) if isinstance(value, Mapping) else value for key, value in found.items()}


def _flat(point: Mapping[str, Any]) -> list[Any]:
    return [point.get("x"), point.get("y")]


_READERS: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], Json]]] = {
    "polygon": _read_polygon,
    "polyline": _read_polyline,
    "point": _read_point,
    "skeleton": _read_skeleton,
    "bitmask": _read_bitmask,
    "circle": _read_circle,
    "cuboid_2d": _read_cuboid_2d,
}
