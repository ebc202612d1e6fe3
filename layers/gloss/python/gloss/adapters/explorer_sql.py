"""The filter document and the order as SQL over the index's tables; values are always bound, names come from lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gloss.adapters.records import read_token, write_token
from gloss.domain.conditions import Between, Box, Condition, Contains, Exists, Is, Near, Prefix
from gloss.domain.errors import Malformed
from gloss.domain.explore import RANDOM, Direction, Filters, LabelFilters, LabelSort, Ranges, Sort

#: Metres to a point (latitude twice, longitude) by the haversine formula on a sphere of the mean radius (IUGG 1980).
_DISTANCE_M = """2 * 6371008.8 * asin(least(1, sqrt(
    power(sin(radians(latitude - ?) / 2), 2)
    + cos(radians(latitude)) * cos(radians(?)) * power(sin(radians(longitude - ?) / 2), 2))))"""


@dataclass
class Clauses:
    """Conditions joined by AND, with their values in order."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        return " AND ".join(f"({part})" for part in self.parts) or "true"


def where(filters: Filters, members: Sequence[str] = ()) -> Clauses:
    """The condition on table `frames` as f; `members` are local files of frame ids, one collection each."""
    clauses = Clauses()
    for column, names in (("f.stage", filters.stages), ("f.kind", filters.kinds), ("f.data_id", filters.data_ids)):
        _among(clauses, column, names)
    _among(clauses, "f.id", filters.frames)
    for key, condition in filters.metadata.items():
        sql, values = _fact(condition)
        clauses.add(f"f.row IN (SELECT row FROM facts WHERE key = ? AND {sql})", key, *values)  # noqa: S608
    for key, ranges in filters.metrics.items():
        _within(clauses, f"f.{key}", ranges)
    _rectangles(clauses, filters)
    _labels(clauses, filters.labels)
    for path in members:
        clauses.add(f"f.id IN (SELECT id FROM read_csv('{path}', header=false, columns={{'id': 'VARCHAR'}}))")  # noqa: S608
    return clauses


def _among(clauses: Clauses, column: str, names: Sequence[str]) -> None:
    if names:
        clauses.add(f"{column} IN (SELECT unnest(?))", list(names))


def _within(clauses: Clauses, column: str, ranges: Ranges) -> None:
    known: list[str] = []
    values: list[float] = []
    for bounds in ranges:
        pairs = [(">=", bounds.start), ("<=", bounds.end)]
        known.append(
            " AND ".join([f"{column} IS NOT NULL", *(f"{column} {sign} ?" for sign, at in pairs if at is not None)])
        )
        values.extend(at for _, at in pairs if at is not None)
    clauses.add(" OR ".join(known), *values)


def _rectangles(clauses: Clauses, filters: Filters) -> None:
    if filters.rectangles:
        any_of = " OR ".join("f.x BETWEEN ? AND ? AND f.y BETWEEN ? AND ?" for _ in filters.rectangles)
        clauses.add(any_of, *(bound for it in filters.rectangles for bound in (it.x1, it.x2, it.y1, it.y2)))


def _labels(clauses: Clauses, asked: LabelFilters) -> None:
    if asked != LabelFilters():
        inner = where_labels(asked)
        clauses.add(f"f.row IN (SELECT l.row FROM labels l WHERE {inner.sql})", *inner.values)  # noqa: S608


def where_labels(asked: LabelFilters) -> Clauses:
    """The condition on table `labels` as l."""
    inner = Clauses()
    _among(inner, "l.feature", asked.classes)
    _among(inner, "l.kind", asked.kinds)
    if asked.manual is not None:
        inner.add("l.manual = ?", asked.manual)
    for key, ranges in asked.metrics.items():
        _within(inner, f"l.{key}", ranges)
    return inner


def _fact(condition: Condition) -> tuple[str, list[Any]]:
    match condition:
        case Is(values=values):
            return "(" + " OR ".join(_equal(value) for value in values) + ")", [_plain(value) for value in values]
        case Between():
            return _between(condition)
        case Contains(text=text):
            return "contains(lower(text), lower(?))", [text]
        case Prefix(text=text):
            return "starts_with(text, ?)", [text]
        case Near():
            return f"{_DISTANCE_M} <= ?", [
                condition.latitude,
                condition.latitude,
                condition.longitude,
                condition.radius_m,
            ]
        case Box():
            return _box(condition)
        case Exists():
            return "true", []


def _box(box: Box) -> tuple[str, list[Any]]:
    between = "longitude BETWEEN ? AND ?" if box.west <= box.east else "(longitude >= ? OR longitude <= ?)"
    return f"latitude BETWEEN ? AND ? AND {between}", [box.south, box.north, box.west, box.east]


def _equal(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "type = 'boolean' AND text = ?"
    return "text = ? AND type <> 'boolean'" if isinstance(value, str) else "number = ?"


def _plain(value: bool | float | str) -> float | str:
    return str(value).lower() if isinstance(value, bool) else value


def _between(condition: Between) -> tuple[str, list[Any]]:
    column = "moment" if isinstance(condition.start or condition.end, datetime) else "number"
    pairs = [(sign, at) for sign, at in ((">=", condition.start), ("<=", condition.end)) if at is not None]
    return " AND ".join(f"{column} {sign} ?" for sign, _ in pairs), [at for _, at in pairs]


@dataclass(frozen=True)
class Order:
    """An order's expression with its bound values, and its direction."""

    expression: str
    values: tuple[Any, ...]
    direction: Direction
    tie: str = "f.id"

    @property
    def sql(self) -> str:
        return f"{self.expression} {self.direction.value} NULLS LAST, {self.tie} ASC"

    def token(self, value: Any, id_: str) -> str:
        """The page token that goes on after a frame with this value."""
        return write_token(["" if value is None else str(value), id_])

    def after(self, token: str) -> Clauses:
        """The condition for what comes after the frame of a token; raises Malformed for a foreign one."""
        text, id_ = read_token(token, 2)
        return self._beyond(text if self.values else _number(text), id_)

    def _beyond(self, last: str | float | None, id_: str) -> Clauses:
        if last is None:
            return Clauses([f"{self.expression} IS NULL AND {self.tie} > ?"], [*self.values, id_])
        sign = ">" if self.direction is Direction.ASC else "<"
        expression, values = self.expression, self.values
        part = f"{expression} {sign} ? OR ({expression} = ? AND {self.tie} > ?) OR {expression} IS NULL"
        return Clauses([part], list(_spread(values, last, id_)))


def _spread(values: tuple[Any, ...], last: Any, id_: str) -> Iterator[Any]:
    yield from (*values, last, *values, last, id_, *values)


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as broken:
        raise Malformed("The page token is not one that this order gave out.") from broken


def order(sort: Sort) -> Order:
    """The order's SQL; random is a digest of seed and id, so a page never repeats a frame."""
    if sort.by == RANDOM:
        return Order("md5(? || f.id)", (sort.seed,), sort.direction)
    return Order(f"f.{sort.by}", (), sort.direction)


def label_order(sort: LabelSort) -> Order:
    """The same for labels."""
    if sort.by == RANDOM:
        return Order("md5(? || l.id)", (sort.seed,), sort.direction, tie="l.id")
    return Order(f"l.{sort.by}", (), sort.direction, tie="l.id")
