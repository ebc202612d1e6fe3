"""How a data group is shown: a tree of tiles, each of which names a member by its key or several of them."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Literal, Union

from pydantic import BeforeValidator, Field

from gloss.domain.errors import Invalid
from gloss.domain.model import Value
from gloss.domain.parsing import demand_shallow

LayoutKey = Annotated[str, Field(min_length=1, max_length=256)]
#: What a grid of two gives each side, and what a row of thumbnails takes, in percent.
HALF, THUMBNAILS = 50.0, 20.0
MOST_LEVELS = 64


class LayoutType(StrEnum):
    """Who arranges the members: Gloss side by side, Gloss one after the other, or the client."""

    GRID = "default-grid"
    LIST = "default-list"
    CUSTOM = "custom"


class Tile(Value):
    """One member."""

    type: Literal["data_unit"] = "data_unit"
    key: LayoutKey


class Carousel(Value):
    """Members one after the other; `carousel_size` is the percentage that the row of them takes."""

    type: Literal["data_unit_list"] = "data_unit_list"
    keys: Annotated[tuple[LayoutKey, ...], Field(min_length=1, max_length=1000)]
    carousel_position: Literal["left", "right", "top", "bottom"] = "bottom"
    carousel_size: Annotated[float, Field(ge=10, le=70)] = THUMBNAILS


class Split(Value):
    """Two parts side by side or one above the other; the first has `split_percentage` of the place."""

    direction: Literal["row", "column"]
    first: "Tree"
    second: "Tree"
    split_percentage: Annotated[float, Field(ge=5, le=95)] = HALF


Tree = Union[Split, Tile, Carousel]  # noqa: UP007 - a name in quotes cannot be joined by a bar


def shallow(raw: object) -> object:
    """Lets pass what is nested no deeper than a tree of 40 members may be: reading deeper ones takes seconds."""
    try:
        demand_shallow(raw, MOST_LEVELS)
    except Invalid as refused:
        raise ValueError(refused.faults[0].reason) from None
    return raw


#: A tree as a request says it.
SaidTree = Annotated[Tree, BeforeValidator(shallow)]


class TileSettings(Value):
    """What stands above a tile, and whether it is only looked at."""

    title: str | None = None
    is_read_only: bool = False


class LayoutSettings(Value):
    """Whether people may rearrange the tiles, and what is set for single ones, by key."""

    fixed_layout: bool = False
    tile_settings: dict[LayoutKey, TileSettings] = Field(default_factory=dict)
    has_multilayer_labels: bool | None = None


class Layout(Value):
    """How a data group is shown; without a tree only its timeline is."""

    type: LayoutType
    tree: Tree | None = None
    settings: LayoutSettings = LayoutSettings()
    timeline: tuple[LayoutKey, ...] = ()


def keys_in(tree: Tree | None) -> Iterator[str]:
    """The keys that the tiles name, from left to right and from top to bottom."""
    if isinstance(tree, Split):
        yield from keys_in(tree.first)
        yield from keys_in(tree.second)
    elif tree is not None:
        yield from (tree.key,) if isinstance(tree, Tile) else tree.keys


def arranged(type_: LayoutType, keys: Sequence[str]) -> Tree | None:
    """The tree that Gloss makes for members in this order; none for a layout that the client makes."""
    if type_ is LayoutType.CUSTOM:
        return None
    return _halved(keys, "row") if type_ is LayoutType.GRID else Carousel(keys=tuple(keys))


def _halved(keys: Sequence[str], direction: Literal["row", "column"]) -> Tree:
    """Cut in two until each part is one member, across and down in turn."""
    if len(keys) == 1:
        return Tile(key=keys[0])
    middle, turned = (len(keys) + 1) // 2, "column" if direction == "row" else "row"
    first, second = _halved(keys[:middle], turned), _halved(keys[middle:], turned)  # type: ignore[arg-type]
    return Split(direction=direction, first=first, second=second)
