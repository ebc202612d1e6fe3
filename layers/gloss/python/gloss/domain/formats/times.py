"""Times as the public formats write them."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)
def plain_time(moment: datetime) -> str:
    """`2025-03-01 09:00:00`, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def header_time(moment: datetime | None) -> str | None:
    """`Sat, 01 Mar 2025 09:01:00 UTC`, in English whatever the locale; None stays."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    return f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc:%Y %H:%M:%S} UTC"
