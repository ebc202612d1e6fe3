"""What the checks need to know of the media below the labels."""

from gloss.domain.media import Item, MediaKind
from gloss.domain.model import Value


class Canvas(Value):
    """How many frames (pages, slices, members), how large in pixels, how long (ms of sound); None: not known."""

    kind: MediaKind
    frames: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    length: int | None = None


def canvas_of(item: Item) -> Canvas:
    """The canvas of a registered item; members of a group may differ in size, so a group's size is not known."""
    single = not item.member_count
    return Canvas(
        kind=item.kind,
        frames=frames_of(item),
        width_px=item.facts.width_px if single else None,
        height_px=item.facts.height_px if single else None,
        length=round(item.facts.duration_s * 1000) if item.facts.duration_s and item.kind is MediaKind.AUDIO else None,
    )


def frames_of(item: Item) -> int | None:
    """Frames of a video or sequence, members of a group, slices of a volume, pages of a PDF; one of an image."""
    if item.kind is MediaKind.IMAGE:
        return 1
    if item.kind is MediaKind.IMAGE_GROUP:
        return item.member_count
    if item.kind is MediaKind.PDF:
        return item.facts.num_pages
    return item.facts.frame_count
