"""The overview's shortcuts: ready filters that lead to what usually needs a second look (features 3.4)."""

from collections.abc import Sequence

from gloss.domain.capabilities import OPENED_BY, Capability, Stage
from gloss.domain.explore import Filters, LabelFilters, Range, needed
from gloss.domain.model import Value


class Shortcut(Value):
    """A filter with a name; `key` is stable."""

    key: str
    title: str
    filters: Filters

    @property
    def stage(self) -> Stage:
        """The stage that opens it: overview, and whatever its filter needs."""
        return max(OPENED_BY[capability] for capability in (Capability.OVERVIEW, *needed(self.filters)))


def _data(key: str, title: str, metric: str, start: float | None, end: float | None) -> Shortcut:
    return Shortcut(key=key, title=title, filters=Filters(metrics={metric: (Range(start=start, end=end),)}))


def _label(key: str, title: str, metric: str, start: float | None, end: float | None) -> Shortcut:
    labels = LabelFilters(metrics={metric: (Range(start=start, end=end),)})
    return Shortcut(key=key, title=title, filters=Filters(labels=labels))


SHORTCUTS: Sequence[Shortcut] = (
    _data("duplicates", "Duplicates", "uniqueness", 0, 0.00001),
    _data("near_duplicates", "Near duplicates", "uniqueness", 0.00001, 0.015),
    _data("blur", "Blurred", "sharpness", 0, 0.005),
    _data("dark", "Dark", "brightness", 0, 0.1),
    _data("bright", "Bright", "brightness", 0.9, 1),
    _data("low_contrast", "Low contrast", "contrast", 0, 0.1),
    _label("label_duplicates", "Labels on top of each other", "max_iou", 0.6, 1),
    _label("inconsistent_class", "Class changes between frames", "inconsistent_class", 0, 0.2),
    _label("inconsistent_track", "Track changes between frames", "inconsistent_track", 0, 0.2),
    _label("low_confidence", "Unsure labels", "confidence", 0, 0.5),
    _label("tiny", "Tiny labels", "area_relative", 0, 0.001),
)
