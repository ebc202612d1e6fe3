"""The one base of every value in the domain, and the kinds of id."""

from datetime import UTC, datetime
from typing import Annotated, NewType, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

OrgId = NewType("OrgId", str)
UserId = NewType("UserId", str)
FolderId = NewType("FolderId", str)
ItemId = NewType("ItemId", str)
IntegrationId = NewType("IntegrationId", str)
JobId = NewType("JobId", str)
DatasetId = NewType("DatasetId", str)
DataId = NewType("DataId", str)
OntologyId = NewType("OntologyId", str)
TemplateId = NewType("TemplateId", str)
ProjectId = NewType("ProjectId", str)
StageId = NewType("StageId", str)
TaskId = NewType("TaskId", str)
EndpointId = NewType("EndpointId", str)
ImportId = NewType("ImportId", str)
CollectionId = NewType("CollectionId", str)
ExportId = NewType("ExportId", str)
GroupId = NewType("GroupId", str)
TagId = NewType("TagId", str)
PresetId = NewType("PresetId", str)

Timestamp = AwareDatetime


def within_reach(moment: datetime) -> datetime:
    """The moment, or the first or last one for which UTC and the month that follows can be told."""
    return min(max(moment, datetime(2, 1, 1, tzinfo=UTC)), datetime(9998, 12, 31, tzinfo=UTC))


#: A moment that somebody asks for, from or up to which nothing may lie.
Moment = Annotated[AwareDatetime, AfterValidator(within_reach)]
Title = Annotated[str, Field(min_length=1, max_length=256)]
Description = Annotated[str, Field(max_length=4096)]
Share = Annotated[float, Field(ge=0, le=1)]


class Value(BaseModel):
    """A frozen value that refuses unknown fields; every model of Gloss is one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Versioned(Value):
    """A value that changes over time: version 1 is new, each saved change adds one."""

    version: int = Field(default=1, ge=1)

    def changed(self, **fields: object) -> Self:
        """The next version with `fields` replaced; validated as if newly made."""
        return type(self).model_validate({**dict(self), **fields, "version": self.version + 1})


def iso(moment: datetime) -> str:
    """A moment as sortable ISO-8601 text in UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def cut(text: str, most_bytes: int) -> str:
    """The text as far as it fits into so many bytes of UTF-8, without half a character at its end."""
    return text.encode()[:most_bytes].decode(errors="ignore")
