"""The shapes of the public SDK's v2 API: camelCase both ways, unknown fields passed over, `results` for lists."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

T = TypeVar("T")

#: So many things one request names at most; the SDK's bundles hold no more.
MOST_IN_BULK: Final = 1_000


@dataclass(frozen=True)
class Pieces:
    """JSON that is written piece by piece, since it may be of any length."""

    parts: Iterator[bytes]


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
