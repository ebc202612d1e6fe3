"""What a query string of the SDK's asks: names that stand there several times are lists, booleans are Python's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self, get_origin

from pydantic import AfterValidator, Field

from gloss.domain.model import within_reach
from gloss.sdk.wire import Wire


def _aware(moment: datetime) -> datetime:
    return within_reach(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


#: A time of a query; without a zone it is UTC.
Moment = Annotated[datetime, AfterValidator(_aware)]


class Asking(Wire):
    """The base of what a query may hold; what we do not know is passed over."""

    @classmethod
    def read(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """The query as it was sent; raises ValidationError, which the door words."""
        said: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            values = parameters.get(field.alias or name)
            if values is not None:
                said[name] = values if get_origin(field.annotation) is tuple else values[-1]
        return cls.model_validate(said)


class PageAsking(Asking):
    """Which page, and in which order."""

    order: str = "name"
    desc: bool = False
    page_size: int = Field(default=100, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)
