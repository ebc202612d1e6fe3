"""The order of a DICOM series, and what holds for all of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts

SAME_MM = 1e-3
SAME_COSINE = 1e-3
UNEVEN = 0.1

Normal = tuple[float, float, float]


class Series(NamedTuple):
    """The facts of a series, the places of its files in the order of their positions, and what is odd about it."""

    facts: Facts
    order: tuple[int, ...]
    warnings: tuple[str, ...] = ()


def series(files: Sequence[Facts]) -> Series:
    """One series of the facts of its files, sorted along the normal of its slices.

    DICOM C.7.6.2.1.1: the normal is the cross product of the row and column cosines; that of most files holds for all.
    Files without a position keep the manifest's order. Raises Invalid when the files belong to several series, with
    each series and its number of files.
    """
    _demand_one(files)
    normal = _normal(files)
    order = tuple(sorted(range(len(files)), key=lambda at: (_along(files[at], normal), at)))
    first = files[order[0]]
    gaps = sorted(after - before for before, after in pairwise(_along(files[at], normal) for at in order))
    spacing, gap = first.spacing_mm, _usual(gaps)
    if spacing and gap is not None:
        spacing = (*spacing[:2], gap)
    combined = {
        "spacing_mm": spacing,
        "frame_count": sum(facts.frame_count or 1 for facts in files),
        "size_bytes": sum(facts.size_bytes or 0 for facts in files),
        "instance_uid": None,
        "position_mm": first.position_mm,
    }
    return Series(first.model_copy(update=combined), order, (*_odd(files), *_oddly_spaced(files, gaps)))


def _demand_one(files: Sequence[Facts]) -> None:
    uids = Counter(facts.series_uid for facts in files)
    if len(uids) > 1:
        named = ", ".join(f"{uid} ({count} files)" for uid, count in uids.most_common())
        raise Invalid(f"The files of one entry belong to {len(uids)} series: {named}.")


def _odd(files: Sequence[Facts]) -> Iterator[str]:
    """What keeps the files from being one volume, said with counts."""
    sizes = Counter(f"{facts.width_px} x {facts.height_px}" for facts in files)
    if len(sizes) > 1:
        yield f"The slices have {len(sizes)} sizes: {_counted(sizes)}; no volume can be made of them."
    planes = _planes(files)
    if len(planes) > 1:
        yield f"The slices have {len(planes)} orientations: {_counted(planes)}; all are sorted along the usual one."
    lacking = sum(facts.position_mm is None or _plane(facts) is None for facts in files)
    if lacking:
        tags = "ImagePositionPatient or ImageOrientationPatient"
        yield f"{lacking} of {len(files)} files lack {tags}; they keep the manifest's order and have no place in space."
    bare = sum(len(facts.spacing_mm or ()) < 3 for facts in files)
    if bare:
        yield f"{bare} of {len(files)} files lack PixelSpacing or SliceThickness, which 3-D rendering needs."


def _oddly_spaced(files: Sequence[Facts], gaps: Sequence[float]) -> Iterator[str]:
    if len(_planes(files)) != 1 or any(facts.position_mm is None for facts in files):
        return
    usual, doubled = _usual(gaps), sum(gap < SAME_MM for gap in gaps)
    if doubled:
        yield f"{doubled} of {len(files)} files lie where another one does; such keep the manifest's order."
    elif usual is not None and gaps[-1] - gaps[0] > UNEVEN * usual:
        yield f"The slices lie {gaps[0]:.3f} to {gaps[-1]:.3f} mm apart; spacing_mm has the median."


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{kind} ({count} files)" for kind, count in kinds.most_common(5))


def _planes(files: Iterable[Facts]) -> Counter[str]:
    """Orientations as text, so that what differs by rounding only is the same."""
    planes = (_plane(facts) for facts in files)
    return Counter(
        "\\".join(f"{round(part / SAME_COSINE) * SAME_COSINE + 0:.3f}" for part in plane) for plane in planes if plane
    )


def _plane(facts: Facts) -> tuple[float, ...] | None:
    return facts.orientation if facts.orientation is not None and len(facts.orientation) == 6 else None


def _normal(files: Sequence[Facts]) -> Normal:
    """The normal of the plane that most files have; zero when none says any."""
    planes = Counter(plane for facts in files if (plane := _plane(facts)))
    if not planes:
        return (0.0, 0.0, 0.0)
    rx, ry, rz, cx, cy, cz = planes.most_common(1)[0][0]
    return (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)


def _along(facts: Facts, normal: Normal) -> float:
    """The position of a slice along the normal; 0 when it says none."""
    return sum(n * p for n, p in zip(normal, facts.position_mm or (), strict=False))


def _usual(gaps: Sequence[float]) -> float | None:
    """The usual distance of neighbouring slices in mm: the median; None when there is none."""
    middle = gaps[len(gaps) // 2] if gaps else 0.0
    return round(middle, 6) if middle > 0 else None
