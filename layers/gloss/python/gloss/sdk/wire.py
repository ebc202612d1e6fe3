"""The shapes of the public SDK's v2 API: camelCase both ways, unknown fields passed over, `results` for lists."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

T = TypeVar("T")

#: So many things one request names at most; the SDK's bundles hold no more.
MOST_IN_BULK: Final = 1_000


@dataclass(frozen=True)
class Pieces:
    """JSON that is written piece by piece, since it may be of any length."""

    parts: Iterator[bytes]


def written(result: Any) -> Iterator[bytes]:
    """JSON; what an iterator yields is written as it comes, as a list."""
    match result:
        case Pieces():
            yield from result.parts
        case Iterator():
            yield from _listed(result)
        case _:
            yield to_json(result)


def _listed(entries: Iterator[Any]) -> Iterator[bytes]:
    before = b"["
    for entry in entries:
        yield before
        yield from written(entry)
        before = b","
    yield b"]" if before == b"," else b"[]"


class Wire(BaseModel):
    """What goes over the wire; a newer client may say more than we know, so unknown fields are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Results(Wire, Generic[T]):
    """A page of a list; `nextPageToken` null: that was all. Tokens are keysets."""

    results: list[T]
    next_page_token: str | None = None


def scalar(value: Any) -> Response[str]:
    """A bare JSON value, such as the UUID of what was made; the resolver would send text without its quotes."""
    return Response(200, "application/json", json.dumps(value))
