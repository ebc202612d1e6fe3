"""Things in loads that one transaction takes: only so many, and only so heavy."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Load(NamedTuple):
    """How many things a load has at most, and how many bytes; DynamoDB takes 100 items and 4 MB."""

    number: int
    size_bytes: int


def loads(things: Iterable[T], weigh: Callable[[T], int], most: Load) -> Iterator[list[T]]:
    """All things in order, each load within `most`; what is too heavy by itself goes alone. `weigh` says bytes."""
    load: list[T] = []
    size = 0
    for thing in things:
        weight = weigh(thing)
        if load and (len(load) == most.number or size + weight > most.size_bytes):
            yield load
            load, size = [], 0
        load.append(thing)
        size += weight
    if load:
        yield load
