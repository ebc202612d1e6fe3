"""What the checks need to know of the media below the labels."""

from typing import Final

from pydantic import Field

from gloss.domain.media import Facts, Item, MediaKind, Space
from gloss.domain.model import Value

#: Kinds without frames: what is labelled there has ranges, or is said of the whole.
UNFRAMED: Final = frozenset({MediaKind.AUDIO, MediaKind.TEXT, MediaKind.TIME_SERIES})


class Canvas(Value):
    """How many frames (pages, slices, members), how large in pixels, how long (ms of sound); None: not known.

    `spaces` are the canvases of a data group's members by their items' ids; `unranged`: answers are about
    the whole, as they are in spaces of sound and text; `markup`: a text is HTML, whose ranges are paths.
    """

    kind: MediaKind
    frames: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    length: int | None = None
    unranged: bool = False
    markup: bool = False
    spaces: dict[str, "Canvas"] = Field(default_factory=dict)


def canvas_of(item: Item) -> Canvas:
    """The canvas of a registered item; members of a group may differ in size, so a group's size is not known.

    A data group itself is one frame, which answers may be about, with a canvas for each of its spaces.
    """
    if item.kind is MediaKind.DATA_GROUP:
        return Canvas(kind=item.kind, frames=1, spaces={it.id: _of_space(it) for it in item.spaces})
    single = not item.member_count
    return Canvas(
        kind=item.kind,
        frames=frames_of(item),
        width_px=item.facts.width_px if single else None,
        height_px=item.facts.height_px if single else None,
        length=_length_ms(item.kind, item.facts),
    )


def frames_of(item: Item) -> int | None:
    """Frames of a video or sequence, members of a group, slices of a volume, pages of a PDF; one of an image."""
    return item.member_count if item.kind is MediaKind.IMAGE_GROUP else _frames(item.kind, item.facts)


def frames_of_space(space: Space) -> int | None:
    """The same for a member of a data group."""
    return _frames(space.kind, space.facts)


def _of_space(space: Space) -> Canvas:
    sized = space.kind not in (MediaKind.IMAGE_GROUP, MediaKind.DICOM_SERIES)
    return Canvas(
        kind=space.kind,
        frames=frames_of_space(space),
        width_px=space.facts.width_px if sized else None,
        height_px=space.facts.height_px if sized else None,
        length=_length_ms(space.kind, space.facts),
        unranged=space.kind in UNFRAMED,
        markup=is_markup(space.facts),
    )


def is_markup(facts: Facts) -> bool:
    """Whether a text is HTML."""
    return (facts.mime_type or "").startswith("text/html")


def _frames(kind: MediaKind, facts: Facts) -> int | None:
    if kind in (MediaKind.IMAGE, MediaKind.DATA_GROUP):
        return 1
    return facts.num_pages if kind is MediaKind.PDF else facts.frame_count


def _length_ms(kind: MediaKind, facts: Facts) -> int | None:
    return round(facts.duration_s * 1000) if facts.duration_s and kind is MediaKind.AUDIO else None
