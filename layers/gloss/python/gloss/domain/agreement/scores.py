"""How far label bodies of one data unit agree: each with each, and each with all the others."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from math import fsum
from typing import Any

from gloss.domain.labels import Answer, ClassificationInstance, LabelBody, ObjectInstance, SpaceLabels
from gloss.domain.model import Value


class Scores(Value):
    """`matrix[i][j]` is how far option i agrees with option j (0-1), `means[i]` how far with the others on average."""

    matrix: tuple[tuple[float, ...], ...]
    means: tuple[float, ...]

    @property
    def best(self) -> int:
        """The option that the others agree with most; of several the first."""
        return max(range(len(self.means)), key=lambda place: (self.means[place], -place))

    def agreeing(self, option: int, least: float) -> frozenset[int]:
        """The options that agree with this one at least so far; it does itself."""
        return frozenset(place for place, score in enumerate(self.matrix[option]) if score >= least)


def scored(bodies: Sequence[LabelBody]) -> Scores:
    """The scores of some options, in their order."""
    pairs = {(i, j): score(bodies[i], bodies[j]) for i in range(len(bodies)) for j in range(i)}
    matrix = tuple(
        tuple(1.0 if i == j else pairs[max(i, j), min(i, j)] for j in range(len(bodies))) for i in range(len(bodies))
    )
    return Scores(matrix=matrix, means=tuple(_mean(row, place) for place, row in enumerate(matrix)))


def pairs_of(bodies: Sequence[LabelBody]) -> int:
    """How many pairs of objects on a frame a comparison of each with each looks at; what it costs grows with them."""
    counts = [_appearances(body) for body in bodies]
    return sum(one[it] * other[it] for one, other in combinations(counts, 2) for it in one)


def _appearances(body: LabelBody) -> Counter[tuple[str, str, int | None]]:
    """The objects of each class on each frame of each space; those without frames are met wherever they are."""
    objects = ((space, each) for space, page in body.pages.items() for each in page.objects)
    return Counter((space, each.feature, frame) for space, each in objects for frame in each.frames or (None,))


def score(one: LabelBody, other: LabelBody) -> float:
    """How far two bodies agree, 0-1: what their matched labels are worth by how many there are at most.

    Objects are matched within their class, each to one at most, so that the sum of their likeness is the greatest. A
    classification counts when the other body has the same answers on the same ranges. Two empty bodies agree wholly.
    The spaces of a data group are compared one by one.
    Symmetric, 1 with itself, and the order of labels does not matter.
    """
    if one == other:
        return 1.0
    nothing, mine, theirs = SpaceLabels(), one.pages, other.pages
    pages = [_page(mine.get(space, nothing), theirs.get(space, nothing)) for space in {**mine, **theirs}]
    worth, count = fsum(each for found, _ in pages for each in found), sum(number for _, number in pages)
    return min(1.0, worth / count) if count else 1.0


def _page(one: SpaceLabels, other: SpaceLabels) -> tuple[list[float], int]:
    """What the matched labels of one space are worth, and how many there are at most."""
    # Pairing needs numpy, which is only loaded where labels are compared.
    from gloss.domain.agreement import assignment

    worth, count = list[float](), 0
    for mine, theirs in _by_class(one.objects, other.objects):
        likeness = _likeness(mine, theirs)
        worth += [likeness[pair] for pair in assignment.best(likeness)]
        count += max(len(mine), len(theirs))
    for said, answered in _by_class(one.classifications, other.classifications):
        worth += [1.0] * (Counter(map(_said, said)) & Counter(map(_said, answered))).total()
        count += max(len(said), len(answered))
    return worth, count


def _by_class(one: Iterable[Any], other: Iterable[Any]) -> list[tuple[list[Any], list[Any]]]:
    classes: dict[str, tuple[list[Any], list[Any]]] = {}
    for side, labels in enumerate((one, other)):
        for label in labels:
            classes.setdefault(label.feature, ([], []))[side].append(label)
    return list(classes.values())


def _likeness(mine: Sequence[ObjectInstance], theirs: Sequence[ObjectInstance]) -> dict[tuple[int, int], float]:
    """How alike each object of one is to each of the other, where they have anything in common.

    On average over all frames where either is, or in sound and text by their ranges.
    """
    from gloss.domain.agreement import overlap, tracks

    here, there = ([place for place, it in enumerate(side) if it.frames] for side in (mine, theirs))
    drawn = tracks.likeness([tracks.Track.of(mine[it]) for it in here], [tracks.Track.of(theirs[it]) for it in there])
    found = {(here[i], there[j]): worth for i, j, worth in drawn}
    for i, j in product(_without(mine), _without(theirs)):
        one, other = mine[i], theirs[j]
        worth = overlap.spans(one.ranges, other.ranges) if one.html_ranges == other.html_ranges else 0.0
        found |= {(i, j): worth} if worth > 0 else {}
    return found


def _without(side: Sequence[ObjectInstance]) -> list[int]:
    """The places of objects that are on no frame."""
    return [place for place, it in enumerate(side) if not it.frames]


def _said(label: ClassificationInstance) -> tuple[Any, ...]:
    """What a classification says and where, whatever its order and whoever said it."""
    return tuple(sorted(label.ranges)), label.html_ranges, frozenset(map(_answered, label.answers))


def _answered(answer: Answer) -> tuple[Any, ...]:
    chosen = frozenset(answer.answer) if isinstance(answer.answer, tuple) else answer.answer
    return answer.feature, chosen


def _mean(row: Sequence[float], place: int) -> float:
    others: Mapping[int, float] = {other: value for other, value in enumerate(row) if other != place}
    return fsum(others.values()) / len(others) if others else 1.0
