"""What an ontology requires before a task may be submitted."""

from collections.abc import Iterator
from itertools import chain

from gloss.domain.errors import Fault
from gloss.domain.labels.body import Answer
from gloss.domain.labels.long import AnyBody, AnyPage
from gloss.domain.ontology import Attribute, Structure


def missing(body: AnyBody, structure: Structure) -> list[Fault]:
    """One fault for each required class that never occurs and for each required attribute without an answer."""
    return list(_missing(body, structure))


def count_missing(body: AnyBody, structure: Structure) -> int:
    """How many they are, none of which is held."""
    return sum(1 for _ in _missing(body, structure))


def _missing(body: AnyBody, structure: Structure) -> Iterator[Fault]:
    return chain(_absent(body, structure), _unanswered(body, structure))


def _absent(body: AnyBody, structure: Structure) -> Iterator[Fault]:
    used = {each.feature for page in body.pages.values() for each in chain(page.objects, page.classifications)}
    for place, classes in (("objects", structure.objects), ("classifications", structure.classifications)):
        for class_ in classes:
            if class_.required and not class_.archived and class_.feature not in used:
                name = getattr(class_, "name", None) or class_.attributes[0].name
                yield Fault(place, f"{name} ({class_.feature}) is required and does not occur")


def _unanswered(body: AnyBody, structure: Structure) -> Iterator[Fault]:
    yield from _unanswered_on(body, structure, "")
    for id_, page in body.spaces.items():
        yield from _unanswered_on(page, structure, f"spaces.{id_}.")


def _unanswered_on(page: AnyPage, structure: Structure, path: str) -> Iterator[Fault]:
    for place, instances in (("objects", page.objects), ("classifications", page.classifications)):
        for number, instance in enumerate(instances):
            class_ = structure.feature(instance.feature).root
            given: tuple[Answer, ...] = instance.answers + getattr(instance, "dynamic", ())
            for attribute in _required(class_.attributes, given):
                reason = f"{attribute.name} ({attribute.feature}) is required and has no answer"
                yield Fault(f"{path}{place}[{number}].answers", reason)


def _required(attributes: tuple[Attribute, ...], given: tuple[Answer, ...]) -> Iterator[Attribute]:
    answered = {each.feature for each in given}
    chosen = {option for each in given if isinstance(each.answer, tuple) for option in each.answer}
    for attribute in attributes:
        if attribute.required and not attribute.archived and attribute.feature not in answered:
            yield attribute
        for option in getattr(attribute, "options", ()):
            if option.feature in chosen:
                yield from _required(getattr(option, "options", ()), given)
