"""What was done to labels from one save to the next: each label made, deleted or edited, and in which way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Literal

from gloss.domain.labels.body import Answer, DynamicAnswer, Instance, LabelBody, ObjectInstance, Range, SpaceLabels
from gloss.domain.model import Value

LabelType = Literal["object", "classification"]
Done = Literal["CREATE", "DELETE", "EDIT_CLASS", "EDIT_ATTRIBUTE", "EDIT_RANGE", "EDIT_GEOMETRY"]


class Edit(Value):
    """One thing that was done to one label; `ranges` are where it is afterwards, or was before it was deleted.

    `frame` is the first on which it was drawn or drawn anew, `number` what people call an object among its class,
    `space` the member of a data group that it was done on.
    """

    done: Done
    label_type: LabelType
    label_id: str
    feature: str
    ranges: tuple[Range, ...] = ()
    frame: int | None = None
    number: int | None = None
    space: str = ""

    @property
    def action(self) -> str:
        """What the log calls it, such as `EDIT_CLASS_OBJECT`."""
        return f"{self.done}_{self.label_type.upper()}"


def edits(before: LabelBody, after: LabelBody) -> Iterator[Edit]:
    """What leads from one body to the other, space by space and label by label in the order of ids, objects first.

    Who labelled when, how sure and whether by hand is no edit.
    """
    nothing, old, new = SpaceLabels(), before.pages, after.pages
    for space in sorted({*old, *new}):
        was, now = old.get(space, nothing), new.get(space, nothing)
        found = chain(
            _between("object", was.objects, now.objects),
            _between("classification", was.classifications, now.classifications),
        )
        yield from (edit.model_copy(update={"space": space}) for edit in found) if space else found


def _between(label_type: LabelType, before: Sequence[Instance], after: Sequence[Instance]) -> Iterator[Edit]:
    old, new = {it.id: it for it in before}, {it.id: it for it in after}
    for label_id in sorted({*old, *new}):
        was, now = old.get(label_id), new.get(label_id)
        if was is None or now is None:
            done: Done = "CREATE" if was is None else "DELETE"
            label = now or was
            assert label is not None, "it is in one of them"
            yield _edit(done, label_type, label, _first(_frames(label)))
        else:
            yield from _changes(label_type, was, now)


def _changes(label_type: LabelType, was: Instance, now: Instance) -> Iterator[Edit]:
    for done, differs in DIFFERING.items():
        if differs(was, now):
            yield _edit(done, label_type, now, None)
    drawn, redrawn = _frames(was), _frames(now)
    both = (frame for frame in drawn if frame in redrawn and drawn[frame].geometry != redrawn[frame].geometry)
    frame = min(both, default=None)
    if frame is not None:
        yield _edit("EDIT_GEOMETRY", label_type, now, frame)


def _edit(done: Done, label_type: LabelType, label: Instance, frame: int | None) -> Edit:
    return Edit(
        done=done,
        label_type=label_type,
        label_id=label.id,
        feature=label.feature,
        ranges=_ranges(label),
        frame=frame,
        number=getattr(label, "number", None),
    )


def _frames(label: Instance) -> Mapping[int, Any]:
    return label.frames if isinstance(label, ObjectInstance) else {}


def _first(frames: Mapping[int, Any]) -> int | None:
    return min(frames, default=None)


def _ranges(label: Instance) -> tuple[Range, ...]:
    """Where the label is: the runs of its frames, or its own ranges."""
    frames = sorted(_frames(label))
    if not frames:
        return tuple(sorted(label.ranges))
    begins = [frame for frame, before in zip(frames, [None, *frames], strict=False) if before != frame - 1]
    ends = [frame for frame, after in zip(frames, [*frames[1:], None], strict=True) if after != frame + 1]
    return tuple(zip(begins, ends, strict=True))


def _answered_anew(was: Instance, now: Instance) -> bool:
    """Most labels have the very same answers, which is seen at once."""
    if was.answers == now.answers and _dynamic(was) == _dynamic(now):
        return False
    return _answers(was) != _answers(now)


def _answers(label: Instance) -> object:
    told = chain(((it, ()) for it in label.answers), ((it, tuple(sorted(it.ranges))) for it in _dynamic(label)))
    return sorted((_answered(answer), ranges) for answer, ranges in told)


def _answered(answer: Answer) -> tuple[str, str]:
    """Chosen options in no order of their own."""
    said = sorted(answer.answer) if isinstance(answer.answer, tuple) else answer.answer
    return answer.feature, repr(said)


def _dynamic(label: Instance) -> tuple[DynamicAnswer, ...]:
    return label.dynamic if isinstance(label, ObjectInstance) else ()


def _elsewhere(was: Instance, now: Instance) -> bool:
    moved = _frames(was).keys() != _frames(now).keys() or sorted(was.ranges) != sorted(now.ranges)
    return moved or was.html_ranges != now.html_ranges


#: In which respects a label that stays may have changed, apart from how it is drawn.
DIFFERING: Final[Mapping[Done, Callable[[Instance, Instance], bool]]] = {
    "EDIT_CLASS": lambda was, now: was.feature != now.feature,
    "EDIT_ATTRIBUTE": _answered_anew,
    "EDIT_RANGE": _elsewhere,
}
