"""What the customer says of an item, as one document: its metadata, its vectors, and the same for its frames."""

from typing import Any

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.errors import Fault, Invalid
from gloss.domain.media import Frame, Item, MediaKind, Metadata, Vector
from gloss.domain.metadata import PLATFORM_KEY, FrameMarks, described, frame_marks, mark_frames, merged
from gloss.domain.model import Value
from gloss.domain.parsing import parsed

INLINE_BYTES = 32 * 1024
MARKED = frozenset({MediaKind.VIDEO, MediaKind.IMAGE_SEQUENCE})


class Told(Value):
    """The document; an item whose document is larger than 32 KiB keeps a pointer to it instead."""

    metadata: Metadata = Field(default_factory=dict)
    embeddings: dict[str, Vector] = Field(default_factory=dict)
    keyframes: tuple[Frame, ...] = ()
    frame_metadata: dict[Frame, Metadata] = Field(default_factory=dict)
    frame_embeddings: dict[Frame, dict[str, Vector]] = Field(default_factory=dict)


def told_of(item: Item) -> Told:
    """The document of an item that holds it itself."""
    return Told.model_construct(**{name: getattr(item, name) for name in Told.model_fields})


def slim(item: Item) -> Item:
    """The item without its document; its plain metadata stay when they are small, so that lists show them."""
    rest = {name: field.get_default(call_default_factory=True) for name, field in Told.model_fields.items()}
    kept = item.metadata if len(to_json(item.metadata)) <= INLINE_BYTES else {}
    return item.model_copy(update={**rest, "metadata": kept})


def retold(item: Item, values: Metadata) -> tuple[Item, tuple[str, ...]]:
    """An item with more said of it (values as a schema read them), and a warning for each mark that has no place.

    Keys replace those of their name, null removes one; `$encord` replaces all marks on frames.
    """
    new = described(values)
    metadata = merged({key: value for key, value in item.metadata.items() if key not in new.embeddings}, new.metadata)
    others = {key: vector for key, vector in item.embeddings.items() if key not in new.metadata}
    said = item.model_copy(update={"metadata": metadata, "embeddings": {**others, **new.embeddings}})
    return marked(said, marks_of(values))


def marks_of(values: Metadata, path: str = "metadata.$encord") -> FrameMarks | None:
    """What metadata say of frames; raises Invalid when it cannot be read."""
    said: Any = frame_marks(values)
    return None if said is None else parsed(FrameMarks, said, path)


def marked(item: Item, marks: FrameMarks | None) -> tuple[Item, tuple[str, ...]]:
    """The item with these marks on its frames; only videos and sequences have frames to mark."""
    if marks is None:
        return item, ()
    if item.kind not in MARKED:
        return item, (f"$encord is for videos; it was not used for this {item.kind.value}",)
    found = mark_frames(marks, item.facts.fps or 0, item.facts.frame_count or 0)
    placed = {name: getattr(found, name) for name in ("keyframes", "frame_metadata", "frame_embeddings")}
    return item.model_copy(update={"sampling_rate": marks.config.sampling_rate, **placed}), found.warnings


def client_metadata_of(item: Item) -> Metadata:
    """What the client said of an item, in one object again: plain keys, vectors, marks on frames under `$encord`."""
    marks = {str(frame): _said_of(item, frame) for frame in item.keyframes}
    config = {} if item.sampling_rate is None else {"config": {"sampling_rate": item.sampling_rate}}
    said = {**config, **({"frames": marks} if marks else {})}
    return {**item.metadata, **item.embeddings, **({PLATFORM_KEY: said} if said else {})}


def demand_placed(warnings: tuple[str, ...]) -> None:
    """Raises Invalid when a mark has no place; a change says so at once, a manifest only warns."""
    if warnings:
        raise Invalid("Marks on frames have no place; see the errors.", [Fault("metadata.$encord", warnings[0])])


def _said_of(item: Item, frame: Frame) -> Metadata:
    return {**item.frame_metadata.get(frame, {}), **item.frame_embeddings.get(frame, {})}
