"""Times as files of measurements write them: ISO 8601, or numbers of seconds and their parts."""

from datetime import UTC, datetime
from typing import Final

#: The unit of a number that stands for a time, where the column's name ends so.
ENDINGS: Final = {"_ns": 1e-9, "_us": 1e-6, "_ms": 1e-3, "(ns)": 1e-9, "(us)": 1e-6, "(ms)": 1e-3}
#: From these on a number can only be nano-, micro- or milliseconds since 1970.
EPOCHS: Final = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))


def seconds_of(text: str, column: str) -> float | None:
    """The time of a cell in seconds, since 1970 or since anything else; None when it is no time.

    A plain number is seconds unless the column's name or its size says otherwise; a date without a zone is UTC.
    """
    cell = text.strip()
    try:
        number = float(cell)
    except ValueError:
        return _of_date(cell)
    return number * _unit(abs(number), column) if abs(number) < float("inf") else None


def _unit(size: float, column: str) -> float:
    name = column.strip().lower()
    said = next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), None)
    return said or next((unit for start, unit in EPOCHS if size >= start), 1.0)


def _of_date(cell: str) -> float | None:
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
