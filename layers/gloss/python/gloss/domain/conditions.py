"""What a filter may ask of one metadata value: equality, bounds, words, places."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StrictBool, model_validator

from gloss.domain.model import Value

Bound = Annotated[float, Field(allow_inf_nan=False)]


class Is(Value):
    """The metadata value is one of these; numbers, booleans and text compare by type."""

    op: Literal["is"]
    values: Annotated[tuple[StrictBool | float | str, ...], Field(min_length=1, max_length=1000)]


class Between(Value):
    """The number or moment lies within both bounds, which belong to it; a missing bound is open."""

    op: Literal["between"]
    start: Bound | AwareDatetime | None = None
    end: Bound | AwareDatetime | None = None

    @model_validator(mode="after")
    def bounds_agree(self) -> "Between":
        kinds = {isinstance(bound, float | int) for bound in (self.start, self.end) if bound is not None}
        if len(kinds) != 1:
            raise ValueError("give start, end or both, as two numbers or two moments")
        return self


class Contains(Value):
    """The text contains these words, upper and lower case alike."""

    op: Literal["contains"]
    text: Annotated[str, Field(min_length=1, max_length=1000)]


class Prefix(Value):
    """The text begins so, upper and lower case apart."""

    op: Literal["prefix"]
    text: Annotated[str, Field(min_length=1, max_length=1000)]


class Exists(Value):
    """The key has a value at all."""

    op: Literal["exists"]


Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Near(Value):
    """The place lies within so many metres of a point, as the crow flies over a sphere of 6 371 km."""

    op: Literal["near"]
    latitude: Latitude
    longitude: Longitude
    radius_m: Annotated[float, Field(ge=0, le=20_100_000)]


class Box(Value):
    """The place lies between two parallels and two meridians; `west` greater than `east` crosses the date line."""

    op: Literal["box"]
    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude


Condition = Annotated[Is | Between | Contains | Prefix | Exists | Near | Box, Field(discriminator="op")]
