"""Data groups and their layouts on the SDK's wire."""

from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator

from gloss.domain.data_group import NewDataGroup
from gloss.domain.layout import LayoutType, shallow
from gloss.domain.media import Item
from gloss.domain.model import ItemId
from gloss.domain.parsing import parsed
from gloss.sdk.wire import Wire


class TileDto(Wire):
    """One member."""

    type: Literal["data_unit"]
    key: str


class CarouselDto(Wire):
    """Members one after the other."""

    type: Literal["data_unit_list"]
    keys: tuple[str, ...]
    carousel_position: str
    carousel_size: float


class SplitDto(Wire):
    """Two parts beside each other."""

    direction: str
    first: "TreeDto"
    second: "TreeDto"
    split_percentage: float = 50.0


TreeDto = Union[SplitDto, TileDto, CarouselDto]  # noqa: UP007 - a name in quotes cannot be joined by a bar


class TileSettingsDto(Wire):
    """What is set for one tile."""

    title: str | None = None
    is_read_only: bool = False


class SettingsDto(Wire):
    """What is set for the whole."""

    fixed_layout: bool = False
    tile_settings: dict[str, TileSettingsDto] | None = None
    has_multilayer_labels: bool | None = None


class DataGroupDto(Wire):
    """A data group to make; the members of a default layout are a list, those of a custom one have keys."""

    layout_type: LayoutType
    layout_contents: list[ItemId] | dict[str, ItemId]
    name: str | None = None
    layout: Annotated[TreeDto, BeforeValidator(shallow)] | None = None
    settings: SettingsDto | None = None
    timeline: tuple[str, ...] = ()
    client_metadata: dict[str, Any] | None = None

    def wanted(self, path: str) -> NewDataGroup:
        """The same in our words; raises Invalid with the paths of what cannot be."""
        said = self.layout_contents
        keyed = [*said.items()] if isinstance(said, dict) else [(None, id_) for id_ in said]
        raw = {
            "members": [{"key": key, "item_id": id_} for key, id_ in keyed],
            "layout": self.layout_type,
            "title": self.name,
            "tree": self.layout and self.layout.model_dump(),
            "settings": self.settings.model_dump(exclude_none=True) if self.settings else {},
            "timeline": self.timeline,
            "metadata": self.client_metadata or {},
        }
        return parsed(NewDataGroup, raw, path)


class ChildDto(Wire):
    """A member of a data group."""

    uuid: str


class GroupLayoutDto(Wire):
    """How a data group is shown, and which member each key names."""

    layout_contents: dict[str, ChildDto]
    layout: TreeDto | None
    layout_settings: SettingsDto
    timeline: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Item) -> "GroupLayoutDto | None":
        """A data group's; everything else has none."""
        if item.layout is None:
            return None
        return cls(
            layout_contents={it.key: ChildDto(uuid=it.id) for it in item.spaces},
            layout=item.layout.tree and item.layout.tree.model_dump(),
            layout_settings=SettingsDto.model_validate(item.layout.settings.model_dump()),
            timeline=item.layout.timeline,
        )
