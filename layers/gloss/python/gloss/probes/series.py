"""Facts of time series: the header, the first and the last measurement of a CSV file, never what lies between."""

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from math import isfinite
from typing import Final, NoReturn

from gloss.domain.media import Facts
from gloss.domain.timing import seconds_of
from gloss.probes.ranged import Ranges
from gloss.probes.seeming import SERIES, refusal

HEAD_BYTES: Final = 2**16
#: A file up to here is read whole, so that its rows are counted.
WHOLE_BYTES: Final = 2**20
HEADER_BYTES: Final = 2**14
MOST_COLUMNS: Final = 1000
#: Rows at either end of what is read among which a number must stand.
MOST_TRIED: Final = 100
_DELIMITERS: Final = ",;\t"


def probe(file: Ranges) -> Facts:
    """Columns, the first time and the duration in seconds, and the number of rows of a small file; reads at most 1 MiB.

    The first column is the time. Raises Invalid for a file without a header, a row, a time or a number beside it.
    """
    whole = file.size <= WHOLE_BYTES
    head = file.read(0, WHOLE_BYTES if whole else HEAD_BYTES)
    if b"\0" in head:
        _refuse(file, "is binary")
    first, *rows = _lines(head) or [""]
    columns = _columns(file, first)
    end = rows if whole else _lines(file.read(file.size - HEAD_BYTES, HEAD_BYTES))[1:]
    delimiter = _delimiter(first)
    start, stop = (_time(file, some, columns[0], delimiter) for some in (rows[:1], end[-1:]))
    if not _measures(chain(rows[:MOST_TRIED], end[-MOST_TRIED:]), delimiter):
        _refuse(file, "has no number beside its times")
    return Facts(
        mime_type="text/csv",
        size_bytes=file.size,
        start_s=round(start, 9),
        duration_s=round(abs(stop - start), 9),
        columns=columns,
        num_rows=len(rows) if whole else None,
    )


def _columns(file: Ranges, header: str) -> tuple[str, ...]:
    if len(header) > HEADER_BYTES:
        _refuse(file, f"has a header of more than {HEADER_BYTES >> 10} KiB")
    names = tuple(cell.strip() for cell in _cells(header, _delimiter(header)))
    if len(names) < 2:
        _refuse(file, "has no two columns, one of times and one of measurements")
    if len(names) > MOST_COLUMNS:
        _refuse(file, f"has {len(names)} columns, of at most {MOST_COLUMNS}")
    twice = next((name for place, name in enumerate(names) if not name or name in names[:place]), None)
    if twice is not None:
        _refuse(file, f"has two columns called {twice}" if twice else "has a column without a name")
    if seconds_of(names[0], "") is not None:
        _refuse(file, "has no header that names its columns")
    return names


def _time(file: Ranges, rows: Sequence[str], column: str, delimiter: str) -> float:
    cells = _cells(rows[0], delimiter) if rows else []
    if not cells:
        _refuse(file, "has no measurement below its header")
    read = seconds_of(cells[0], column)
    if read is None:
        _refuse(file, f"has {cells[0][:40]!r} in its first column, which is no time")
    return read


def _measures(rows: Iterable[str], delimiter: str) -> bool:
    """Whether a number stands beside the time in any of these rows."""
    return any(_is_number(cell) for row in rows for cell in _cells(row, delimiter)[1:])


def _is_number(cell: str) -> bool:
    """A number with a decimal point or comma; what stands for a missing one is none."""
    try:
        return isfinite(float(cell.replace(",", ".")))
    except ValueError:
        return False


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line; a line that no reader of CSV takes has none."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _lines(body: bytes) -> list[str]:
    """Lines that say something, in whichever way they end."""
    text = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return [line for line in text.split("\n") if line.strip()]


def _refuse(file: Ranges, otherwise: str) -> NoReturn:
    raise refusal(file, SERIES, otherwise)
