"""What a label row says of things beside where they are drawn: their answers, their ranges, the spaces they lie in."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

from pydantic_core import to_json

from gloss.domain.formats.facts import Judged
from gloss.domain.formats.times import header_time
from gloss.domain.labels.body import (
    Answer,
    ClassificationInstance,
    HtmlRange,
    Instance,
    Mark,
    ObjectInstance,
)
from gloss.domain.labels.long import AnyBody
from gloss.domain.ontology import FlatOption, ObjectClass, Structure
from gloss.domain.ontology_draft import value_of

Json = dict[str, Any]
Verdicts = Mapping[str, Judged] | None
Label = TypeVar("Label", bound=Instance)
ENTRIES_AT_ONCE: Final = 500


def answers(body: AnyBody, structure: Structure, judged: Verdicts = None) -> Iterator[bytes]:
    """The row's three indexes as the members of an object; a thing that lies in several spaces stands there once."""
    words = _Words(structure)
    things = ((id_, _thing(id_, seen, words, judged)) for id_, seen in body.every_object())
    yield from _index("object_answers", things)
    yield b","
    said = ((id_, each | reviews(id_, judged)) for id_, each in _classifications(body, words))
    yield from _index("classification_answers", said)
    yield b","
    acting = ((id_, _one(seen)) for id_, seen in body.every_object())
    yield from _index("object_actions", ((id_, _actions(each, words)) for id_, each in acting if each.dynamic))


def _thing(id_: str, seen: Mapping[str, ObjectInstance], words: "_Words", judged: Verdicts) -> Json:
    each = _one(seen)
    told = {} if each.frames else reviews(id_, judged)
    return _object_answers(each, words) | _whereabouts(each, seen, words.structure) | told


def classification_answers(body: AnyBody, structure: Structure) -> Json:
    """The row's classifications by their hashes."""
    return dict(_classifications(body, _Words(structure)))


def _index(name: str, entries: Iterable[tuple[str, Json]]) -> Iterator[bytes]:
    """A member of an object, some entries at a time."""
    yield to_json(name) + b":{"
    left, before = iter(entries), b""
    while some := dict(islice(left, ENTRIES_AT_ONCE)):
        yield before + to_json(some)[1:-1]
        before = b","
    yield b"}"


def _one(seen: Mapping[str, Label]) -> Label:
    return next(iter(seen.values()))


def _classifications(body: AnyBody, words: "_Words") -> Iterator[tuple[str, Json]]:
    return ((id_, _classification(_one(seen), words) | _held(seen)) for id_, seen in body.every_classification())


def class_of(structure: Structure, feature: str) -> Json:
    """How an object of a class is shown."""
    class_ = structure.feature(feature).feature
    assert isinstance(class_, ObjectClass), f"{feature} is no object"  # saved labels were checked against it
    named = {"name": class_.name, "color": class_.color, "shape": class_.shape.value, "value": value_of(class_.name)}
    return {**named, "featureHash": class_.feature}


def marked(mark: Mark) -> Json:
    """Who made it and when, and how sure."""
    said: Json = {
        "createdAt": header_time(mark.created_at),
        "createdBy": mark.created_by,
        "confidence": mark.confidence,
        "manualAnnotation": mark.manual,
    }
    if mark.edited_at is not None:
        said["lastEditedAt"] = header_time(mark.edited_at)
    if mark.edited_by is not None:
        said["lastEditedBy"] = mark.edited_by
    return said


def reviews(label_id: str, judged: Verdicts) -> Json:
    """What reviewers said of a label, if that is to be told."""
    if judged is None:
        return {}
    said = judged.get(label_id)
    told = {} if said is None else {"status": said.status, "reviewedBy": said.by, "reviewedAt": header_time(said.at)}
    return {"reviews": [told] if told else []}


def _object_answers(instance: ObjectInstance, words: "_Words") -> Json:
    numbered = {} if instance.number is None else {"objectNumber": instance.number}
    return {"objectHash": instance.id, "classifications": words.answers(instance.answers), **numbered}


def _whereabouts(instance: ObjectInstance, seen: Mapping[str, ObjectInstance], structure: Structure) -> Json:
    """Where something with ranges lies, in the row or in its spaces; what is drawn stands on frames instead."""
    if instance.frames:
        return {}
    placed = _own_place(seen[""]) if "" in seen else {"range": [], "spaces": _places(seen)}
    return {**class_of(structure, instance.feature), **marked(instance), **placed}


def _classification(instance: ClassificationInstance, words: "_Words") -> Json:
    return {
        "classificationHash": instance.id,
        "featureHash": instance.feature,
        "classifications": words.answers(instance.answers),
        **marked(instance),
    }


def _held(seen: Mapping[str, ClassificationInstance]) -> Json:
    """Where an answer holds: in the row, in spaces, or in both."""
    return {**(_own_place(seen[""]) if "" in seen else {"range": []}), "spaces": _places(seen)}


def _own_place(instance: Instance) -> Json:
    return {"range": _ranges(instance.ranges), **_html(instance.html_ranges)}


def _places(seen: Mapping[str, Instance]) -> Json:
    return {space_id: _placed(each) for space_id, each in seen.items() if space_id}


def _placed(instance: Instance) -> Json:
    if instance.html_ranges:
        return {"range": [[it.start.model_dump(), it.end.model_dump()] for it in instance.html_ranges], "type": "html"}
    return {"range": _ranges(instance.ranges), "type": "frame"}


def _actions(instance: ObjectInstance, words: "_Words") -> Json:
    actions = [
        {
            **answer,
            "range": _ranges(each.ranges),
            "dynamic": True,
            "shouldPropagate": each.propagate,
            **({"trackHash": each.track} if each.track else {}),
        }
        for each, answer in zip(instance.dynamic, words.answers(instance.dynamic), strict=True)
    ]
    return {"objectHash": instance.id, "actions": actions}


class _Words:
    """Answers in the ontology's words; an attribute's and those of its options are looked up once a row."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self._attributes: dict[str, Json] = {}
        self._options: dict[tuple[str, tuple[str, ...]], list[Json]] = {}

    def answers(self, answers: Iterable[Answer]) -> list[Json]:
        """Each with its attribute's name and hash."""
        return [
            {**self._attribute(it.feature), "answers": self._given(it), "manualAnnotation": it.manual} for it in answers
        ]

    def _attribute(self, feature: str) -> Json:
        if feature not in self._attributes:
            name = self._known(feature).name
            self._attributes[feature] = {
                "name": name,
                "value": value_of(name),
                "answers": None,
                "featureHash": feature,
            }
        return self._attributes[feature]

    def _given(self, answer: Answer) -> Any:
        if not isinstance(answer.answer, tuple):
            return answer.answer
        chosen = answer.feature, answer.answer
        if chosen not in self._options:
            known = {option.feature: _option(option) for option in self._known(answer.feature).options}
            self._options[chosen] = [known[feature] for feature in answer.answer]
        return self._options[chosen]

    def _known(self, feature: str) -> Any:
        return self.structure.feature(feature).feature


def _option(option: FlatOption) -> Json:
    return {"name": option.label, "value": option.value, "featureHash": option.feature}


def _ranges(ranges: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [[first, last] for first, last in ranges]


def _html(ranges: tuple[HtmlRange, ...]) -> Json:
    return {"range_html": [each.model_dump() for each in ranges]} if ranges else {}
