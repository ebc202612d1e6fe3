"""The types that a metadata schema gives its keys (features 1.4); each reads a value into the form that is kept."""

import re
import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import BeforeValidator, Field, field_validator

from gloss.domain.metadata import MAX_DIMENSIONS, Embedding
from gloss.domain.model import Value

LONGEST_VARCHAR = 8192
MOST_OPTIONS = 256
ALIASES = {"string": "varchar", "long_string": "text"}
_LARGEST_F32 = 3.4028234663852886e38
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_PAIRS = (("latitude", "longitude"), ("lat", "lon"), ("lat", "lng"))
_SHOWN = 40


class Unfit(ValueError):
    """A value that its type does not allow; the text says what was expected."""

    def __init__(self, expected: str, value: object) -> None:
        super().__init__(f"expected {expected}, got {value if isinstance(value, _Place) else _shown(value)}")


class _Place(str):
    """Words that say what stands where, shown as they are."""


class NumberType(Value):
    """A finite JSON number in single (F32) or double (F64) precision."""

    ty: Literal["number"] = "number"
    format: Literal["F32", "F64"] = "F64"

    def read(self, value: object) -> float:
        if not _is_number(value):
            raise Unfit("a finite number", value)
        if self.format == "F32" and abs(value) > _LARGEST_F32:
            raise Unfit("a number that single precision (F32) can hold", value)
        return value


class BooleanType(Value):
    """True or false."""

    ty: Literal["boolean"] = "boolean"

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise Unfit("true or false", value)
        return value


class VarcharType(Value):
    """A string of at most `max_length` characters; alias `string`."""

    ty: Literal["varchar"] = "varchar"
    max_length: int = Field(default=LONGEST_VARCHAR, ge=0, le=LONGEST_VARCHAR)

    def read(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > self.max_length:
            raise Unfit(f"a string of at most {self.max_length} characters", value)
        return value


class TextType(Value):
    """A string of any length; alias `long_string`."""

    ty: Literal["text"] = "text"

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise Unfit("a string", value)
        return value


class DatetimeType(Value):
    """A moment in ISO 8601, kept in UTC; without a zone it is taken as UTC."""

    ty: Literal["datetime"] = "datetime"
    timezone: Literal["UTC"] = "UTC"

    def read(self, value: object) -> str:
        moment = moment_of(value)
        if moment is None:
            raise Unfit("an ISO-8601 datetime", value)
        return moment.isoformat().replace("+00:00", "Z")


class UuidType(Value):
    """A UUID as RFC 4122 writes it, kept in lower case."""

    ty: Literal["uuid"] = "uuid"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not _UUID.fullmatch(value.lower()):
            raise Unfit("a UUID such as 123e4567-e89b-12d3-a456-426614174000", value)
        return value.lower()


class EnumType(Value):
    """One of 1 to 256 strings."""

    ty: Literal["enum"] = "enum"
    values: tuple[str, ...] = Field(min_length=1, max_length=MOST_OPTIONS)

    @field_validator("values")
    @classmethod
    def differ(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(values)) < len(values):
            raise ValueError("the values of an enum must differ")
        return values

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.values:
            more = f" and {len(self.values) - 5} more" if len(self.values) > 5 else ""
            raise Unfit(f"one of {', '.join(map(repr, self.values[:5]))}{more}", value)
        return value


class EmbeddingType(Value):
    """A vector of exactly `size` finite numbers, 1 to 4096; `api` is the SDK's and stays null."""

    ty: Literal["embedding"] = "embedding"
    size: int = Field(ge=1, le=MAX_DIMENSIONS)
    api: None = None

    def read(self, value: object) -> Embedding:
        if not isinstance(value, list) or len(value) != self.size:
            raise Unfit(f"a list of {self.size} numbers", value)
        if not (set(map(type, value)) <= {int, float} and all(map(_is_number, value))):
            wrong = next(at for at, number in enumerate(value) if not _is_number(number))
            raise Unfit(f"a list of {self.size} finite numbers", _Place(f"{_shown(value[wrong])} in place {wrong}"))
        return Embedding(value)


class GeospatialType(Value):
    """A place on earth: `latitude` -90 to 90 and `longitude` -180 to 180, in degrees; also `lat`, `lon` or a pair."""

    ty: Literal["geospatial"] = "geospatial"

    def read(self, value: object) -> dict[str, float]:
        pair = _pair(value)
        if pair is None or not (_is_number(pair[0]) and _is_number(pair[1])):
            raise Unfit("latitude and longitude in degrees", value)
        if abs(pair[0]) > 90 or abs(pair[1]) > 180:
            raise Unfit("a latitude of -90 to 90 and a longitude of -180 to 180", value)
        return {"latitude": pair[0], "longitude": pair[1]}


class UserType(Value):
    """A person, by e-mail address; kept in lower case."""

    ty: Literal["user"] = "user"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not _EMAIL.fullmatch(value):
            raise Unfit("an e-mail address", value)
        return value.lower()


def _spelled_hint(hint: object) -> object:
    return ALIASES.get(hint, hint) if isinstance(hint, str) else hint


Hint = Annotated[Literal["number", "varchar", "text", "boolean", "datetime", "uuid"], BeforeValidator(_spelled_hint)]


class VariantType(Value):
    """Any value; `hint` says what it mostly is, and nothing enforces it. What the SDK writes for scalars."""

    ty: Literal["variant"] = "variant"
    hint: Hint = "text"

    def read(self, value: object) -> object:
        return value


def spelled(said: object) -> object:
    """A type as its object: a bare name stands for its type, and aliases for what they mean."""
    if isinstance(said, str):
        return {"ty": ALIASES.get(said, said)}
    if isinstance(said, dict) and isinstance(said.get("ty"), str):
        return {**said, "ty": ALIASES.get(said["ty"], said["ty"])}
    return said


_Live = (
    NumberType
    | BooleanType
    | VarcharType
    | TextType
    | DatetimeType
    | UuidType
    | EnumType
    | EmbeddingType
    | GeospatialType
    | UserType
    | VariantType
)
LiveType = Annotated[Annotated[_Live, Field(discriminator="ty")], BeforeValidator(spelled)]


class TombstoneType(Value):
    """A deleted key: with `deleted_ty` it may come back, without it never. Its values are kept and no longer used."""

    ty: Literal["tombstone"] = "tombstone"
    deleted_ty: LiveType | None = None

    def read(self, value: object) -> object:
        return value


KeyType = Annotated[
    Annotated[_Live | TombstoneType, Field(discriminator="ty")],
    BeforeValidator(spelled),
]


def moment_of(value: object) -> datetime | None:
    """The moment that an ISO-8601 text says, in UTC; None when it says none, or one that no calendar holds."""
    if not isinstance(value, str) or not value[:4].isdigit() or len(value) > _SHOWN:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_number(value: object) -> TypeGuard[float]:
    finite = isinstance(value, int | float) and -sys.float_info.max <= value <= sys.float_info.max
    return finite and not isinstance(value, bool)


def _pair(value: object) -> tuple[Any, Any] | None:
    if isinstance(value, list | tuple):
        return (value[0], value[1]) if len(value) == 2 else None
    if not isinstance(value, dict):
        return None
    return next(((value[a], value[b]) for a, b in _PAIRS if value.keys() == {a, b}), None)


def _shown(value: object) -> str:
    """A value as an error shows it: short, and never more than a glimpse of what the customer wrote."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
