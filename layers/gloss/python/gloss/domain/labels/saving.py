"""From JSON to a checked body, to canonical bytes, and back."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from gloss.domain.errors import Fault, Invalid
from gloss.domain.labels.body import Instance, LabelBody, Mark, ObjectInstance, SpaceLabels
from gloss.domain.labels.canvas import Canvas
from gloss.domain.labels.checking import faults
from gloss.domain.labels.long import MARK, AnyBody, LongLabels
from gloss.domain.model import Value
from gloss.domain.ontology import Structure
from gloss.domain.parsing import MOST_FAULTS, parsed

M = TypeVar("M", bound=Mark)
Label = TypeVar("Label", bound=Instance)


class Summary(Value):
    """What a body holds: objects, their appearances on frames, classifications, labelled frames, instances a class."""

    objects: int = 0
    appearances: int = 0
    classifications: int = 0
    frames: int = 0
    by_feature: dict[str, int] = Field(default_factory=dict)


def parse(raw: object, structure: Structure, canvas: Canvas) -> LabelBody:
    """The body of a label row in canonical order; raises Invalid with at most 100 faults, each with its path."""
    body = parsed(LabelBody, raw)
    found: list[Fault] = []
    for fault in faults(body, structure, canvas):
        found.append(fault)
        if len(found) == MOST_FAULTS:
            break
    if found:
        raise Invalid("The labels do not fit the ontology or the media; see the errors.", found)
    return ordered(body)


def ordered(body: LabelBody) -> LabelBody:
    """The same labels with instances by id, frames by number, answers by attribute and ranges by start.

    Spaces stand in the order of their ids; empty ones are left out.
    """
    spaces = {id_: SpaceLabels(**_ordered(page)) for id_, page in sorted(body.spaces.items()) if not page.is_empty}
    return LabelBody(**_ordered(body), spaces=spaces)


def _ordered(page: SpaceLabels) -> dict[str, Any]:
    return {
        "objects": tuple(_in_order(each) for each in sorted(page.objects, key=attrgetter("id"))),
        "classifications": tuple(_in_order(each) for each in sorted(page.classifications, key=attrgetter("id"))),
    }


def settled(it: Label, by: str, at: datetime) -> Label:
    """One label as a body of its own would keep it: stamped and in order."""
    return _in_order(_stamped(it, by, at))


def _in_order(instance: Label) -> Label:
    more: dict[str, Any] = {}
    if isinstance(instance, ObjectInstance):
        dynamic = sorted(instance.dynamic, key=lambda each: (each.feature, each.ranges))
        more = {"dynamic": tuple(dynamic), "frames": dict(sorted(instance.frames.items()))}
    return instance.model_copy(update={**more, **_orders(instance)})


def _orders(instance: Instance) -> dict[str, Any]:
    return {
        "answers": tuple(sorted(instance.answers, key=attrgetter("feature"))),
        "ranges": tuple(sorted(instance.ranges)),
    }


def stamped(body: LabelBody, by: str, at: datetime) -> LabelBody:
    """The body with the author and the time wherever a mark lacks them, and the author of an edit of known time."""
    spaces = {id_: SpaceLabels(**_stamps(page, by, at)) for id_, page in body.spaces.items()}
    return LabelBody(**_stamps(body, by, at), spaces=spaces)


def _stamps(page: SpaceLabels, by: str, at: datetime) -> dict[str, Any]:
    return {
        "objects": tuple(_stamped(each, by, at) for each in page.objects),
        "classifications": tuple(_stamped(each, by, at) for each in page.classifications),
    }


def _stamped(instance: Label, by: str, at: datetime) -> Label:
    """What is drawn bears its marks on its frames."""
    if not isinstance(instance, ObjectInstance) or not instance.frames:
        return stamped_mark(instance, by, at)
    frames = {frame: stamped_mark(each, by, at) for frame, each in instance.frames.items()}
    return instance.model_copy(update={"frames": frames})


def stamped_mark(mark: M, by: str, at: datetime) -> M:
    """The mark with its author and time where it lacks them."""
    created = {"created_by": mark.created_by or by, "created_at": mark.created_at or at}
    edited = {"edited_by": by} if mark.edited_at and not mark.edited_by else {}
    return mark.model_copy(update=created | edited)


def canonical(body: AnyBody) -> bytes:
    """The one way to write these labels as JSON: fields in the models' order, defaults left out, UTF-8."""
    if isinstance(body, LongLabels):
        return body.stored
    return ordered(body).model_dump_json(exclude_defaults=True).encode()


def digest(canonical_bytes: bytes) -> str:
    """SHA-256 of the canonical bytes, in hex: the name of the body."""
    return sha256(canonical_bytes).hexdigest()


def load(canonical_bytes: bytes) -> LabelBody:
    """The body of stored bytes; raises Invalid when they hold something else."""
    try:
        return LabelBody.model_validate_json(canonical_bytes)
    except ValidationError as error:
        raise Invalid(f"The stored labels cannot be read: {error.error_count()} errors.") from None


def is_long(stored: bytes) -> bool:
    """Whether stored bytes are those of a long body."""
    return stored.startswith(MARK)


def load_long(stored: bytes, load_range: Callable[[str], LabelBody]) -> LongLabels:
    """A long body of stored bytes; raises Invalid when they hold something else."""
    try:
        return LongLabels.of(stored, load_range)
    except ValidationError as error:
        raise Invalid(f"The stored labels cannot be read: {error.error_count()} errors.") from None


def summary(body: AnyBody) -> Summary:
    """Counts for the head of a label row and for lists; what is seen in several spaces is one thing.

    Of a long body appearances and frames are counted as its first frames.
    """
    features: Counter[str] = Counter()
    totals = []
    for things in (body.every_object(), body.every_classification()):
        found = Counter(next(iter(seen.values())).feature for _, seen in things)
        totals.append(sum(found.values()))
        features += found
    frames = [Counter(frame for each in page.objects for frame in each.frames) for page in body.pages.values()]
    return Summary(
        objects=totals[0],
        appearances=sum(sum(on.values()) for on in frames),
        classifications=totals[1],
        frames=sum(map(len, frames)),
        by_feature=dict(sorted(features.items())),
    )
