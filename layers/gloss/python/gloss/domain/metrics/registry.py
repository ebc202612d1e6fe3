"""Every metric there is, as one explicit list: key, title, scope, measure and the stage that opens it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from gloss.domain.capabilities import Stage
from gloss.domain.model import Value


class Scope(StrEnum):
    """What a metric is a property of."""

    DATA = "data"
    LABEL = "label"


class Measure(StrEnum):
    """What a metric's numbers mean: a share in 0-1, a non-negative number, a count, or a rank from 0."""

    SHARE = "share"
    POSITIVE = "positive"
    COUNT = "count"
    RANK = "rank"


class Metric(Value):
    """A metric's stable key (also its column), its title, and the stage from which it may be used."""

    key: str
    title: str
    scope: Scope
    measure: Measure
    stage: Stage = Stage.METRICS

    @property
    def bounds(self) -> tuple[float, float | None]:
        """Smallest and greatest possible value; None where there is no greatest."""
        return (0.0, 1.0 if self.measure is Measure.SHARE else None)


def _data(key: str, title: str, measure: Measure = Measure.SHARE, stage: Stage = Stage.METRICS) -> Metric:
    return Metric(key=key, title=title, scope=Scope.DATA, measure=measure, stage=stage)


def _label(key: str, title: str, measure: Measure = Measure.SHARE, stage: Stage = Stage.METRICS) -> Metric:
    return Metric(key=key, title=title, scope=Scope.LABEL, measure=measure, stage=stage)


DATA_METRICS: Sequence[Metric] = (
    _data("width", "Width in pixels", Measure.COUNT),
    _data("height", "Height in pixels", Measure.COUNT),
    _data("area", "Area in pixels", Measure.COUNT),
    _data("aspect_ratio", "Width over height", Measure.POSITIVE),
    _data("brightness", "Brightness"),
    _data("contrast", "Contrast"),
    _data("sharpness", "Sharpness"),
    _data("red", "Closeness to red"),
    _data("green", "Closeness to green"),
    _data("blue", "Closeness to blue"),
    _data("random", "Random"),
    _data("object_count", "Objects in the frame", Measure.COUNT),
    _data("object_density", "Share of the frame under objects"),
    _data("uniqueness", "Uniqueness", stage=Stage.ADVANCED),
    _data("diversity", "Diversity", Measure.RANK, Stage.ADVANCED),
)

LABEL_METRICS: Sequence[Metric] = (
    _label("confidence", "Confidence", stage=Stage.LABELS),
    _label("area", "Area in pixels", Measure.POSITIVE),
    _label("area_relative", "Area relative to the frame"),
    _label("width", "Width of the enclosing box in pixels", Measure.POSITIVE),
    _label("height", "Height of the enclosing box in pixels", Measure.POSITIVE),
    _label("aspect_ratio", "Width over height", Measure.POSITIVE),
    _label("border_relative", "Distance to the border"),
    _label("max_iou", "Greatest overlap with another label"),
    _label("random", "Random"),
    _label("inconsistent_class", "Class agrees with the next frame"),
    _label("inconsistent_track", "Track agrees with the next frame"),
)

BY_SCOPE: Mapping[Scope, Mapping[str, Metric]] = {
    Scope.DATA: {metric.key: metric for metric in DATA_METRICS},
    Scope.LABEL: {metric.key: metric for metric in LABEL_METRICS},
}
