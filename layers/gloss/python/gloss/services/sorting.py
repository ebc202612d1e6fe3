"""Putting more lines in order than memory holds: in sorted runs, each an object of its own, which are merged."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from gloss.domain.labels.cutting import PLACE
from gloss.domain.model import Value
from gloss.ports import Blobs

RUN_BYTES: Final = 40 * 2**20
BLOCK_BYTES: Final = 2**19
#: So many blocks are read by one request where few runs are merged, and so many are held while many are.
MOST_TOGETHER: Final = 8
BLOCKS_HELD: Final = 64
#: What a line takes in memory beside its bytes.
BESIDE: Final = 64


class Block(Value):
    """Lines that are read at once: the place of the first, and its byte in the run."""

    place: str
    start: int


class Run(Value):
    """Lines in order under a key; `last` is the place of the last of them."""

    key: str
    size: int
    blocks: tuple[Block, ...]
    last: str


def sorted_run(key: str, lines: list[bytes], blobs: Blobs) -> Run:
    """Sort lines and keep them."""
    lines.sort()
    blocks = list(_blocks(lines))
    body = b"\n".join(lines) + b"\n"
    blobs.put(key, body)
    return Run(key=key, size=len(body), blocks=tuple(blocks), last=lines[-1][:PLACE].decode())


def merged(runs: Sequence[Run], at: str, blobs: Blobs) -> Iterator[bytes]:
    """The lines of all runs in order, from those of a place on; runs that follow each other are read one by one."""
    lanes = _lanes(runs)
    together = max(1, min(MOST_TOGETHER, BLOCKS_HELD // max(1, len(lanes))))
    return heapq.merge(*(chain.from_iterable(_lines(run, at, together, blobs) for run in lane) for lane in lanes))


def in_runs(lines: Iterable[bytes], run_bytes: int = RUN_BYTES) -> Iterator[list[bytes]]:
    """The lines as they come, as many at once as make a run."""
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line) + BESIDE
        if size > run_bytes:
            yield some
            some, size = [], 0
    if some:
        yield some


def _blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    start = end = 0
    for line in lines:
        if end == 0 or end - start >= BLOCK_BYTES:
            start = end
            yield Block(place=line[:PLACE].decode(), start=start)
        end += len(line) + 1


def _lanes(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs in as few rows as can be, in each of which one ends before the next begins."""
    lanes: list[list[Run]] = []
    for run in sorted(runs, key=lambda it: it.blocks[0].place):
        free = (lane for lane in lanes if lane[-1].last < run.blocks[0].place)
        lane = next(free, None)
        if lane is None:
            lanes.append([run])
        else:
            lane.append(run)
    return lanes


def _lines(run: Run, at: str, together: int, blobs: Blobs) -> Iterator[bytes]:
    """The lines of a run from those of a place on, some blocks at a time."""
    ends = [*((block.start, block.place) for block in run.blocks[1:]), (run.size, run.last)]
    left = [(block, end) for block, (end, last) in zip(run.blocks, ends, strict=True) if last >= at]
    for some in (left[first : first + together] for first in range(0, len(left), together)):
        start, end = some[0][0].start, some[-1][1]
        lines = blobs.part(run.key, start, end - start).split(b"\n")[:-1]
        yield from lines if some[0][0].place >= at else (line for line in lines if line[:PLACE] >= at.encode())
