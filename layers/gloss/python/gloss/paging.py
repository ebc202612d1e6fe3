"""How lists are asked for and answered on /v1: `limit`, `token`, and `{entries, next_token}`."""

from typing import Annotated, Generic, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss.domain.model import Value

V = TypeVar("V", bound=Value)

Limit = Annotated[int, FromQuery(ge=1, le=1000)]
Token = Annotated[str | None, FromQuery(max_length=2048)]


class Listing(Value, Generic[V]):
    """One page of a list; `next_token` continues it, null: that was all."""

    entries: list[V]
    next_token: str | None = None
