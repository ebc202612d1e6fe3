"""Pairing the members of two groups so that the sum of what the pairs are worth is the greatest there is."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
_UNTOUCHED: Final = -1


def best(worth: Mapping[Pair, float]) -> list[Pair]:
    """The best pairs of (left, right), each member in one at most; what is not in `worth` is worth 0 and never paired.

    Exact: each group of members that are joined by pairs is solved by the shortest augmenting paths of Jonker and
    Volgenant (1987), in cubic time of that group's size.
    """
    found: list[Pair] = []
    for lefts, rights in _groups(worth):
        table = np.zeros((len(lefts), len(rights)))
        for row, left in enumerate(lefts):
            for column, right in enumerate(rights):
                table[row, column] = worth.get((left, right), 0.0)
        found += [(lefts[row], rights[column]) for row, column in _solved(table)]
    return sorted(pair for pair in found if worth.get(pair, 0.0) > 0)


def _groups(worth: Mapping[Pair, float]) -> Iterator[tuple[list[int], list[int]]]:
    """The members that are joined by pairs, directly or through others; most groups are small."""
    beside: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for left, right in worth:
        beside.setdefault(("left", left), set()).add(("right", right))
        beside.setdefault(("right", right), set()).add(("left", left))
    while beside:
        group, waiting = set[tuple[str, int]](), [next(iter(beside))]
        while waiting:
            each = waiting.pop()
            if each not in group:
                group.add(each)
                waiting += beside.pop(each)
        yield sorted(it for side, it in group if side == "left"), sorted(it for side, it in group if side == "right")


def _solved(table: NDArray[np.float64]) -> list[Pair]:
    """The cells of the best pairing of rows with columns, as many as the smaller side has."""
    if table.shape[0] > table.shape[1]:
        return [(row, column) for column, row in _solved(table.T)]
    prices = _Prices(-table)
    for row in range(table.shape[0]):
        prices.take(row)
    return [(int(row), column) for column, row in enumerate(prices.owner[:-1]) if row != _UNTOUCHED]


class _Prices:
    """What rows and columns pay, so that no cell costs less than its row and column together."""

    def __init__(self, cost: NDArray[np.float64]) -> None:
        rows, columns = cost.shape
        self.cost, self.of_rows, self.of_columns = cost, np.zeros(rows), np.zeros(columns + 1)
        self.owner = np.full(columns + 1, _UNTOUCHED)

    def take(self, row: int) -> None:
        """Give one more row a column, others moving on where that is cheaper."""
        columns = self.cost.shape[1]
        start = column = columns
        self.owner[start] = row
        least, before = np.full(columns, inf), np.full(columns, start)
        reached = np.zeros(columns + 1, dtype=bool)
        while self.owner[column] != _UNTOUCHED:
            reached[column] = True
            holder = self.owner[column]
            over = self.cost[holder] - self.of_rows[holder] - self.of_columns[:-1]
            nearer = ~reached[:-1] & (over < least)
            least[nearer], before[nearer] = over[nearer], column
            column = int(np.argmin(np.where(reached[:-1], inf, least)))
            step = least[column]
            self.of_rows[self.owner[reached]] += step
            self.of_columns[reached] -= step
            least[~reached[:-1]] -= step
        while column != start:
            self.owner[column] = self.owner[before[column]]
            column = int(before[column])
        self.owner[start] = _UNTOUCHED
