"""Checking a label body appearance by appearance, and cutting it into ranges of frames on the way."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from gloss.domain import parsing
from gloss.domain.errors import Fault, Invalid
from gloss.domain.labels import saving
from gloss.domain.labels.body import Appearance, ClassificationInstance, LabelBody, ObjectInstance
from gloss.domain.labels.canvas import Canvas
from gloss.domain.labels.checking import appearance_faults, faults
from gloss.domain.labels.long import RANGE_BYTES, FrameRange, LongBody
from gloss.domain.ontology import ObjectClass, Structure

STAMPS: Final = {"created_by", "created_at", "edited_by", "edited_at"}


class Put(NamedTuple):
    """What is said of an object, by its number, on a frame; of two for the same, the last counts."""

    frame: int
    number: int
    said: bytes


class Author(NamedTuple):
    """Who saves labels, and when."""

    email: str
    at: datetime


@dataclass(frozen=True)
class Terms:
    """What labels must fit, who saves them, and about how many bytes a range of frames has."""

    structure: Structure
    canvas: Canvas
    author: Author
    range_bytes: int = RANGE_BYTES


@dataclass
class Cutting:
    """A long body while it is cut: its labels without frames, and what was found so far."""

    terms: Terms
    objects: Sequence[ObjectInstance]
    classifications: tuple[ClassificationInstance, ...]
    _faults: list[Fault] = field(default_factory=list)
    _first: dict[int, dict[int, Appearance]] = field(default_factory=dict)
    _digests: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: Mapping[str, Any], terms: Terms) -> "Cutting":
        """Of labels without frames as JSON; raises Invalid with the paths of what they are not."""
        heads = parsing.parsed(LabelBody, raw)
        return cls(terms, heads.objects, heads.classifications)

    def ranges(self, puts: Iterable[Put]) -> Iterator[LabelBody]:
        """The bodies of one range after the other, from appearances by frame; raises Invalid when 100 are wrong."""
        held: dict[int, dict[int, Appearance]] = {}
        size, at = 0, -1
        for put in puts:
            if put.frame != at and size > self.terms.range_bytes:
                yield self._body(held)
                held, size = {}, 0
            size, at = size + len(put.said), put.frame
            checked = self._checked(put)
            if checked is not None:
                held.setdefault(put.number, {})[put.frame] = checked
                self._first.setdefault(put.number, {put.frame: checked})
        if held:
            yield self._body(held)

    def long_body(self, ranges: Sequence[FrameRange]) -> LongBody:
        """What is stored beside the ranges; raises Invalid with what does not fit the ontology or the media."""
        found = [self._with_first(number, each) for number, each in enumerate(self.objects)]
        body = LabelBody(objects=tuple(found), classifications=self.classifications)
        every = [*self._faults, *(faults(body, self.terms.structure, self.terms.canvas) if not self._faults else ())]
        if every:
            raise _misfit(every)
        kept = saving.ordered(saving.stamped(body, *self.terms.author))
        return LongBody(
            ranges=tuple(ranges), objects=kept.objects, classifications=kept.classifications, digests=self._told(body)
        )

    def _checked(self, put: Put) -> Appearance | None:
        """The appearance, stamped, when it can be."""
        path = f"objects[{put.number}].frames.{put.frame}"
        try:
            appearance = Appearance.model_validate_json(put.said)
        except ValidationError as error:
            self._note(parsing.faults(error, from_json(put.said), path))
            return None
        class_ = self._class(put.number)
        if class_ is not None:
            self._note(appearance_faults(put.frame, appearance, class_, self.terms.canvas, path))
        self._digest(put.number).update(b"%d:%b\n" % (put.frame, _unstamped(appearance)))
        return saving.stamped_mark(appearance, *self.terms.author)

    def _note(self, found: Iterable[Fault]) -> None:
        self._faults.extend(found)
        if len(self._faults) >= parsing.MOST_FAULTS:
            raise _misfit(self._faults)

    def _class(self, number: int) -> ObjectClass | None:
        if number >= len(self.objects):
            return None
        known = self.terms.structure.features.get(self.objects[number].feature)
        return known.feature if known is not None and isinstance(known.feature, ObjectClass) else None

    def _with_first(self, number: int, head: ObjectInstance) -> ObjectInstance:
        return head.model_copy(update={"frames": self._first.get(number, {})})

    def _body(self, held: Mapping[int, dict[int, Appearance]]) -> LabelBody:
        heads = ((self.objects[number], frames) for number, frames in held.items() if number < len(self.objects))
        objects = (ObjectInstance.model_construct(id=it.id, feature=it.feature, frames=frames) for it, frames in heads)
        return saving.ordered(LabelBody.model_construct(objects=tuple(objects), classifications=()))

    def _digest(self, number: int) -> Any:
        return self._digests.setdefault(number, hashlib.sha256())

    def _told(self, body: LabelBody) -> dict[str, str]:
        """The digest of each label without its stamps: of its frames, then of what else is said of it."""
        told: dict[str, str] = {}
        for number, each in enumerate(body.objects):
            whole = self._digest(number).copy()
            whole.update(_unstamped(each.model_copy(update={"frames": {}})))
            told[each.id] = whole.hexdigest()[:16]
        return told | {it.id: hashlib.sha256(_unstamped(it)).hexdigest()[:16] for it in body.classifications}


def _unstamped(it: Appearance | ObjectInstance | ClassificationInstance) -> bytes:
    return it.model_dump_json(exclude=STAMPS, exclude_defaults=True).encode()


def _misfit(found: Sequence[Fault]) -> Invalid:
    return Invalid("The labels do not fit the ontology or the media; nothing was saved.", found[: parsing.MOST_FAULTS])
