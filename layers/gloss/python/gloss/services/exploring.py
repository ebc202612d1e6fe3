"""Questions to a project's explorer: what is not open yet is refused, everything else goes to the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from gloss.domain.capabilities import OPENED_BY, Capability, Stage, demand
from gloss.domain.collections import Collection, CollectionKind
from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.explore import (
    RANDOM,
    Distribution,
    Filters,
    Found,
    LabelResults,
    LabelSearch,
    Member,
    Results,
    Search,
    Similar,
    Spot,
    Words,
    advanced,
    needed,
    needed_for_sort,
)
from gloss.domain.imports import Explored
from gloss.domain.metrics.registry import BY_SCOPE, DATA_METRICS, LABEL_METRICS, Metric, Scope
from gloss.domain.model import ProjectId, Value
from gloss.domain.shortcuts import SHORTCUTS, Shortcut
from gloss.kinds.active import COLLECTIONS, EXPLORED, collection_key, explored_key
from gloss.ports import Explorer, Ports, Store, TextEmbedder
from gloss.services import assembling
from gloss.services.relaying import events_of

THUMBNAIL_SECONDS = 3600


@dataclass(frozen=True)
class Desk:
    """The ports that exploring takes."""

    ports: Ports
    explorer: Explorer


class Shown(Found):
    """A frame with a URL for its thumbnail, good for an hour."""

    thumbnail_url: str | None = None


class Answer(Value):
    """Frames in order, how many pass in all, and the token that continues."""

    entries: tuple[Shown, ...]
    total: int
    next_token: str | None = None


class MapQuery(Value):
    """Which part of the 2-D map is wanted: the frames that pass, at most so many."""

    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=20_000)] = 5_000


class Spread(Value):
    """Over which frames a metric's distribution is counted."""

    filters: Filters = Filters()


class MetricView(Value):
    """A metric, and whether the import has come far enough to use it."""

    key: str
    title: str
    scope: Scope
    measure: str
    least: float
    greatest: float | None
    stage: Stage
    open: bool

    @classmethod
    def of(cls, metric: Metric, closed: Stage) -> "MetricView":
        least, greatest = metric.bounds
        known = metric.model_dump(include={"key", "title", "scope", "measure", "stage"})
        return cls(least=least, greatest=greatest, open=metric.stage <= closed, **known)


class ShortcutView(Value):
    """A shortcut, and how many frames it leads to (none: its stage has not closed yet)."""

    key: str
    title: str
    filters: Filters
    stage: Stage
    frames: int | None

    @classmethod
    def of(cls, it: Shortcut, shown: Explored, explorer: Explorer) -> "ShortcutView":
        is_open = it.stage <= shown.closed
        frames = explorer.search(shown.index, Search(filters=it.filters, limit=1)).total if is_open else None
        return cls(key=it.key, title=it.title, filters=it.filters, stage=it.stage, frames=frames)


def search(project_id: ProjectId, wanted: Search, desk: Desk) -> Answer:
    """A page of the frames that pass; raises StageLocked for a filter or an order that is not open."""
    needs = [Capability.VIEW_FRAMES, *needed(wanted.filters), *needed_for_sort(wanted.sort)]
    shown = fresh(project_id, needs, desk)
    filters = located(project_id, wanted.filters, desk.ports.store)
    return _shown(desk.explorer.search(shown.index, wanted.model_copy(update={"filters": filters})), desk)


def similar(project_id: ProjectId, wanted: Similar, desk: Desk) -> Answer:
    """The frames most like one or like a vector; raises StageLocked, or Invalid for an unknown frame or space."""
    shown = fresh(project_id, [Capability.SEARCH_SIMILAR, *needed(wanted.filters)], desk)
    filters = located(project_id, wanted.filters, desk.ports.store)
    if wanted.space is None:
        return _shown(desk.explorer.similar(shown.index, wanted.frame or "", filters, wanted.limit), desk)
    return _shown(desk.explorer.alike(shown.index, wanted.model_copy(update={"filters": filters})), desk)


def in_words(project_id: ProjectId, wanted: Words, words: TextEmbedder, desk: Desk) -> Answer:
    """The frames that show most what a sentence says; raises StageLocked, or Upstream without the text model."""
    shown = fresh(project_id, [Capability.SEARCH_BY_TEXT, *needed(wanted.filters)], desk)
    filters = located(project_id, wanted.filters, desk.ports.store)
    return _shown(desk.explorer.nearest(shown.index, words.text(wanted.query), filters, wanted.limit), desk)


def labels(project_id: ProjectId, wanted: LabelSearch, desk: Desk) -> LabelResults:
    """A page of the labels that pass; raises StageLocked for a filter or an order that is not open."""
    order = [] if wanted.sort.by == RANDOM else [Capability.SORT_BY_ANYTHING]
    shown = fresh(project_id, [Capability.VIEW_LABELS, *needed(wanted.filters), *order], desk)
    filters = located(project_id, wanted.filters, desk.ports.store)
    return desk.explorer.labels(shown.index, wanted.model_copy(update={"filters": filters}))


def shortcuts(project_id: ProjectId, desk: Desk) -> list[ShortcutView]:
    """Every shortcut with the number of frames behind it, or none while its stage has not closed."""
    shown = fresh(project_id, [Capability.OVERVIEW], desk)
    return [ShortcutView.of(each, shown, desk.explorer) for each in SHORTCUTS]


def metrics(project_id: ProjectId, store: Store) -> list[MetricView]:
    """Every metric there is; raises StageLocked before the first stage has closed."""
    closed = opened(project_id, [Capability.VIEW_FRAMES], store).closed
    return [MetricView.of(metric, closed) for metric in (*DATA_METRICS, *LABEL_METRICS)]


def distribution(project_id: ProjectId, metric: str, wanted: Spread, desk: Desk) -> Distribution:
    """How a data metric is spread; raises NotFound for one that does not exist."""
    if metric not in BY_SCOPE[Scope.DATA]:
        raise NotFound(f"No data metric is called {metric}.")
    needs = [Capability.OVERVIEW, *needed(wanted.filters)]
    shown = fresh(project_id, [*needs, *([Capability.ADVANCED_METRICS] if advanced(metric) else [])], desk)
    return desk.explorer.distribution(shown.index, metric, located(project_id, wanted.filters, desk.ports.store))


def draw(project_id: ProjectId, wanted: MapQuery, desk: Desk) -> tuple[Spot, ...]:
    """Places of frames on the 2-D map."""
    shown = fresh(project_id, [Capability.VIEW_MAP, *needed(wanted.filters)], desk)
    return desk.explorer.spots(shown.index, located(project_id, wanted.filters, desk.ports.store), wanted.limit)


def members(project_id: ProjectId, filters: Filters, desk: Desk) -> Iterator[Member]:
    """Every frame that passes."""
    shown = fresh(project_id, [Capability.COLLECT, *needed(filters)], desk)
    return desk.explorer.members(shown.index, located(project_id, filters, desk.ports.store))


def opened(project_id: ProjectId, needs: Iterable[Capability], store: Store) -> Explored:
    """What the project's explorer shows; raises StageLocked, naming the latest stage that is needed."""
    shown = store.find(EXPLORED, explored_key(project_id))
    closed = Stage.NONE if shown is None else shown.closed
    for capability in sorted({Capability.VIEW_FRAMES, *needs}, key=OPENED_BY.__getitem__, reverse=True):
        demand(capability, closed)
    if shown is None:
        raise NotFound("The project has not been imported.")
    return shown


def fresh(project_id: ProjectId, needs: Iterable[Capability], desk: Desk) -> Explored:
    """The same, with what happened to tasks since the import laid over its index."""
    shown = opened(project_id, needs, desk.ports.store)
    first, today = shown.since.date(), desk.ports.clock.now().date()
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    desk.explorer.catch_up(shown.index, [f"{events_of(project_id)}{day:%Y/%m/%d}/" for day in days])
    return shown


def located(project_id: ProjectId, filters: Filters, store: Store) -> Filters:
    """The filters with every collection as the key of its members; raises Invalid for an unknown collection."""
    keys = tuple(_members_key(project_id, name, store) for name in filters.collections)
    return filters.model_copy(update={"collections": keys})


def members_key(collection: Collection) -> str:
    """Where the members of a collection lie."""
    return assembling.members_key(collection)


def _members_key(project_id: ProjectId, name: str, store: Store) -> str:
    collection = store.find(COLLECTIONS, collection_key(project_id, name))
    if collection is None:
        fault = Fault("filters.collections", f"no collection has the id {name!r}")
        raise Invalid("A collection of the filter does not exist.", [fault])
    if collection.kind is CollectionKind.LABEL:
        raise Invalid("A collection of labels is no filter.", [Fault("filters.collections", f"{name} is of labels")])
    return members_key(collection)


def _shown(results: Results, desk: Desk) -> Answer:
    entries = tuple(_with_url(found, desk) for found in results.entries)
    return Answer(entries=entries, total=results.total, next_token=results.next_token)


def _with_url(found: Found, desk: Desk) -> Shown:
    url = desk.ports.blobs.signed_get(found.thumbnail, THUMBNAIL_SECONDS) if found.thumbnail else None
    return Shown(thumbnail_url=url, **found.model_dump())
