"""The order of a DICOM series, and what holds for all of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts


class Series(NamedTuple):
    """The facts of a series, and the places of its files in the order of their positions."""

    facts: Facts
    order: tuple[int, ...]


def series(files: Sequence[Facts]) -> Series:
    """One series of the facts of its files, sorted along the normal of its slices.

    DICOM C.7.6.2.1.1: the normal is the cross product of the row and column cosines. Raises Invalid when the files
    belong to several series, with each series and its number of files.
    """
    uids = Counter(facts.series_uid for facts in files)
    if len(uids) > 1:
        named = ", ".join(f"{uid} ({count} files)" for uid, count in uids.most_common())
        raise Invalid(f"The files of one entry belong to {len(uids)} series: {named}.")
    order = tuple(sorted(range(len(files)), key=lambda at: (_along(files[at]), at)))
    first = files[order[0]]
    spacing = first.spacing_mm
    gap = _gap([_along(files[at]) for at in order])
    if spacing and gap is not None:
        spacing = (*spacing[:2], gap)
    combined = {
        "spacing_mm": spacing,
        "frame_count": sum(facts.frame_count or 1 for facts in files),
        "size_bytes": sum(facts.size_bytes or 0 for facts in files),
        "instance_uid": None,
        "position_mm": first.position_mm,
    }
    return Series(first.model_copy(update=combined), order)


def _along(facts: Facts) -> float:
    """The position of a slice along the normal of its plane; 0 when it says none."""
    if facts.position_mm is None or facts.orientation is None or len(facts.orientation) != 6:
        return 0.0
    rx, ry, rz, cx, cy, cz = facts.orientation
    normal = (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)
    return sum(n * p for n, p in zip(normal, facts.position_mm, strict=True))


def _gap(positions: list[float]) -> float | None:
    """The usual distance of neighbouring slices in mm: the median; None when there is none."""
    gaps = sorted(after - before for before, after in pairwise(positions))
    middle = gaps[len(gaps) // 2] if gaps else 0.0
    return round(middle, 6) if middle > 0 else None
