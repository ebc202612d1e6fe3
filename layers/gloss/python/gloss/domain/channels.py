"""How the columns of a time series are drawn, as whoever registers or changes it says."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from gloss.domain.model import Value

MOST_CHANNELS = 100


class Channel(Value):
    """One column as a line or as points; without a label or colour the editor takes the header's and its own."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    label: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    color: Annotated[str, Field(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")] | None = None
    hidden: bool = False
    style: Literal["line", "points"] = "line"
    line_width: Annotated[float, Field(ge=0.5, le=6)] | None = None
    point_radius: Annotated[float, Field(ge=1, le=8)] | None = None


class Channels(Value):
    """Columns by the names in the file's header; what is not named is drawn as the editor likes."""

    channels: Annotated[dict[Annotated[str, Field(max_length=1024)], Channel], Field(max_length=MOST_CHANNELS)]
