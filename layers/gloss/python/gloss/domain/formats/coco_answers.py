"""Answers as COCO shows them: one flat object of names, nested attributes left out."""

from collections.abc import Iterable, Iterator
from typing import Any

from gloss.domain.labels.body import Answer
from gloss.domain.ontology import Attribute, ChecklistAttribute

Json = dict[str, Any]


class Flattening:
    """The attributes of one class, by name."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self._attributes = {attribute.feature: attribute for attribute in attributes}
        asked = self._attributes.values()
        self._options = {it.feature: it.label for attribute in asked for it in getattr(attribute, "options", ())}
        self._blank = {name: value for attribute in asked for name, value in _blank(attribute)}
        self._chosen: dict[tuple[str, tuple[str, ...]], Json] = {}

    def answered(self, answers: Iterable[Answer]) -> Json:
        """Names to answers: a checklist is a truth for each option, what is not answered is null."""
        said = dict(self._blank)
        for each in answers:
            attribute = self._attributes.get(each.feature)
            if attribute is not None:
                said |= self._said(attribute, each)
        return said

    def _said(self, attribute: Attribute, answer: Answer) -> Json:
        if not isinstance(answer.answer, tuple):
            return {attribute.name: answer.answer}
        chosen = attribute.feature, answer.answer
        if chosen not in self._chosen:
            self._chosen[chosen] = self._options_said(attribute, answer.answer)
        return self._chosen[chosen]

    def _options_said(self, attribute: Attribute, options: tuple[str, ...]) -> Json:
        labels = [self._options[option] for option in options]
        if isinstance(attribute, ChecklistAttribute):
            return {option.label: option.label in labels for option in attribute.options}
        return {attribute.name: labels[0]}


def _blank(attribute: Attribute) -> Iterator[tuple[str, bool | None]]:
    if isinstance(attribute, ChecklistAttribute):
        yield from ((option.label, False) for option in attribute.options)
    else:
        yield attribute.name, None
