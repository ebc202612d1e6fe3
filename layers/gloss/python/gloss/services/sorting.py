"""Putting more lines in order than memory holds."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Final

RUN_BYTES: Final = 48 * 2**20
#: What a line takes in memory beside its bytes.
BESIDE: Final = 64


def in_order(lines: Iterable[bytes], run_bytes: int = RUN_BYTES) -> Iterator[bytes]:
    """The lines in the order of their bytes; what is over is kept on disk in sorted runs, which are merged."""
    with ExitStack() as held:
        runs = []
        for some in _some(lines, run_bytes):
            some.sort()
            run = held.enter_context(TemporaryFile())
            run.writelines(some)
            run.seek(0)
            runs.append(run)
        yield from heapq.merge(*runs)


def _some(lines: Iterable[bytes], run_bytes: int) -> Iterator[list[bytes]]:
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
