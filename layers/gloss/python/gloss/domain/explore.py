"""What is asked of a project's frames (filters, sorting, likeness) and what is answered."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StrictBool, model_validator

from gloss.domain.capabilities import Capability, Stage
from gloss.domain.conditions import Bound, Condition
from gloss.domain.errors import Fault, Invalid
from gloss.domain.metrics.registry import BY_SCOPE, Scope
from gloss.domain.model import Value

DEFAULT_NEIGHBOURS = 50
RANDOM = "random"

Names = Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


class Range(Value):
    """From `start` to `end`, both included; a missing end is open, both equal mean equality."""

    start: Bound | None = None
    end: Bound | None = None


Ranges = Annotated[tuple[Range, ...], Field(min_length=1, max_length=100)]


class Rectangle(Value):
    """A part of the 2-D map."""

    x1: Bound
    y1: Bound
    x2: Bound
    y2: Bound


class LabelFilters(Value):
    """Conditions that one and the same label of the frame meets."""

    classes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    manual: StrictBool | None = None
    metrics: dict[str, Ranges] = Field(default_factory=dict)


class Filters(Value):
    """All given parts must hold; within one list, one metric's ranges or several rectangles, any one is enough."""

    metadata: dict[str, Condition] = Field(default_factory=dict, max_length=50)
    metrics: dict[str, Ranges] = Field(default_factory=dict)
    labels: LabelFilters = LabelFilters()
    stages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    data_ids: tuple[str, ...] = ()
    frames: Annotated[tuple[str, ...], Field(max_length=10_000)] = ()
    collections: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    rectangles: Annotated[tuple[Rectangle, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def metrics_are_known(self) -> "Filters":
        for scope, asked in ((Scope.DATA, self.metrics), (Scope.LABEL, self.labels.metrics)):
            unknown = set(asked) - set(BY_SCOPE[scope])
            if unknown:
                raise ValueError(f"no {scope.value} metric is called {', '.join(sorted(unknown))}")
        return self

    @property
    def on_labels(self) -> bool:
        """Whether any condition looks at labels."""
        return self.labels != LabelFilters()


class Direction(StrEnum):
    """Smallest or greatest first."""

    ASC = "asc"
    DESC = "desc"


class Sort(Value):
    """By `random` (the same order for the same seed) or a data metric; frames without a value come last."""

    by: str = RANDOM
    direction: Direction = Direction.ASC
    seed: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def names_a_metric(self) -> "Sort":
        if self.by not in BY_SCOPE[Scope.DATA]:
            raise ValueError(f"no data metric is called {self.by}")
        return self


class Search(Value):
    """A page of the frames that pass the filters."""

    filters: Filters = Filters()
    sort: Sort = Sort()
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    token: str | None = None


class Similar(Value):
    """The frames most like a frame or a vector: by how they look, or in a `space`: the key of customers' vectors."""

    frame: str | None = None
    vector: Annotated[tuple[Bound, ...], Field(min_length=1, max_length=4096)] | None = None
    space: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=1000)] = DEFAULT_NEIGHBOURS

    @model_validator(mode="after")
    def names_one_start(self) -> "Similar":
        if (self.frame is None) == (self.vector is None):
            raise ValueError("give either a frame or a vector")
        if self.vector is not None and self.space is None:
            raise ValueError("a vector needs its space: the metadata key of the embedding")
        return self


class Words(Value):
    """The frames that show most what a sentence says."""

    query: Annotated[str, Field(min_length=1, max_length=1000)]
    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=1000)] = DEFAULT_NEIGHBOURS


class Found(Value):
    """A frame as it is shown, with its open metrics, its labels' classes, and the score of a likeness search."""

    id: str
    data_id: str
    task_id: str
    title: str
    frame_title: str
    kind: str
    frame: int
    timestamp_s: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    stage: str
    priority: float
    thumbnail: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    score: float | None = None


class LabelSort(Value):
    """By `random` (the same order for the same seed) or a label metric; labels without a value come last."""

    by: str = RANDOM
    direction: Direction = Direction.ASC
    seed: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def names_a_metric(self) -> "LabelSort":
        if self.by not in BY_SCOPE[Scope.LABEL]:
            raise ValueError(f"no label metric is called {self.by}")
        return self


class LabelSearch(Value):
    """A page of the labels that meet the label conditions, on frames that pass all the others."""

    filters: Filters = Filters()
    sort: LabelSort = LabelSort()
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    token: str | None = None


class FoundLabel(Value):
    """A label as it is shown: its class, shape and object, where it is, and its open metrics."""

    id: str
    feature: str
    kind: str
    object_hash: str
    manual: bool | None = None
    frame_id: str
    frame: int
    data_id: str
    task_id: str
    title: str
    metrics: dict[str, float] = Field(default_factory=dict)


class LabelResults(Value):
    """Labels in order, how many pass in all, and the token that continues."""

    entries: tuple[FoundLabel, ...]
    total: int
    next_token: str | None = None


class Results(Value):
    """Frames in order, how many pass the filters in all, and the token that continues."""

    entries: tuple[Found, ...]
    total: int
    next_token: str | None = None


class Member(NamedTuple):
    """A frame by name, its data unit and its task."""

    frame: str
    data_id: str
    task_id: str


class Distribution(Value):
    """How one metric is spread: counted, extremes, quartiles, mean, and equal bins from least to greatest."""

    metric: str
    count: int
    least: float | None = None
    greatest: float | None = None
    mean: float | None = None
    quartiles: tuple[float, ...] = ()
    bins: tuple[int, ...] = ()


class Spot(Value):
    """A frame's place on the 2-D map."""

    id: str
    x: float
    y: float


def needed(filters: Filters) -> Iterator[Capability]:
    """The capabilities that a filter document needs."""
    asked = {
        Capability.FILTER_BY_METADATA: bool(filters.metadata),
        Capability.FILTER_BY_WORKFLOW: bool(filters.stages),
        Capability.FILTER_BY_CLASS: filters.on_labels,
        Capability.FILTER_BY_METRIC: bool(filters.metrics or filters.labels.metrics),
        Capability.ADVANCED_METRICS: any(advanced(key) for key in filters.metrics),
        Capability.FILTER_BY_MAP: bool(filters.rectangles),
    }
    return (capability for capability, wanted in asked.items() if wanted)


def needed_for_sort(sort: Sort) -> Iterator[Capability]:
    """The capabilities that an order needs."""
    yield Capability.SORT_AT_RANDOM if sort.by == RANDOM else Capability.SORT_BY_ANYTHING
    if advanced(sort.by):
        yield Capability.ADVANCED_METRICS


def advanced(metric: str) -> bool:
    """Whether a data metric depends on embeddings."""
    return BY_SCOPE[Scope.DATA][metric].stage is Stage.ADVANCED


def no_such_frame(frame: str) -> Invalid:
    """The refusal of a frame that the index does not hold."""
    return Invalid("The frame is not in the project's index.", [Fault("frame", f"no frame is called {frame!r}")])
