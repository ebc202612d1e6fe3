"""What the services need of the world: every Protocol, on one page."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from gloss.clouds import Listed as Listed
from gloss.clouds import Media as Media
from gloss.domain.capabilities import Stage
from gloss.domain.events import Event
from gloss.domain.explore import (
    Distribution,
    Filters,
    LabelResults,
    LabelSearch,
    Member,
    Results,
    Search,
    Similar,
    Spot,
)
from gloss.domain.model import Value
from gloss.pictures import Decoder as Decoder
from gloss.pictures import Embedder as Embedder
from gloss.pictures import Mapper as Mapper
from gloss.pictures import TextEmbedder as TextEmbedder
from gloss.pictures import Thumbnails as Thumbnails

M = TypeVar("M", bound=Value)


@dataclass(frozen=True, order=True)
class Key:
    """Where a record lives: partition and sort key."""

    partition: str
    sort: str = "HEAD"


@dataclass(frozen=True)
class Kind(Generic[M]):
    """How one sort of record is kept: its name, model, key, index keys (None: not in that index) and its text."""

    name: str
    model: type[M]
    key: Callable[[M], Key]
    indexes: Mapping[str, Callable[[M], Key | None]] = field(default_factory=dict)
    text: Callable[[M], str] = lambda model: model.model_dump_json()


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some records in order, and the token that continues after the last of them (None: that was all)."""

    entries: tuple[M, ...]
    next_token: str | None = None


@dataclass(frozen=True)
class Save(Generic[M]):
    """Write the record: version n demands that n-1 is stored; version 1, or a model without one, that nothing is."""

    kind: Kind[M]
    model: M


@dataclass(frozen=True)
class Overwrite(Generic[M]):
    """Write the record whatever is stored; only for derived or repeatable facts."""

    kind: Kind[M]
    model: M


@dataclass(frozen=True)
class Erase(Generic[M]):
    """Remove the record; the stored version must be the given one."""

    kind: Kind[M]
    model: M


@dataclass(frozen=True)
class Demand(Generic[M]):
    """Write nothing, but demand that the record is still stored in the given version."""

    kind: Kind[M]
    model: M


Change = Save[Any] | Overwrite[Any] | Erase[Any] | Demand[Any]


class Store(Protocol):
    """Records by key; all changes of one commit and its events happen together or not at all."""

    def get(self, kind: Kind[M], key: Key) -> M:
        """The record, read consistently; raises NotFound."""
        ...

    def find(self, kind: Kind[M], key: Key) -> M | None:
        """The record, read consistently, or None."""
        ...

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        """Those of the records that exist, in the order of their keys."""
        ...

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        """Up to 100 records of any sorts, or None for each that is missing, in order and in one request."""
        ...

    def page(self, kind: Kind[M], partition: str, query: "Query | None" = None) -> Page[M]:
        """One page of a partition, or of an index's partition, in sort order; tokens are keysets, never offsets."""
        ...

    def every(self, kind: Kind[M], partition: str, query: "Query | None" = None) -> Iterator[M]:
        """All pages of `page`, one record after the other."""
        ...

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        """Up to 100 changes and events in one transaction; raises Stale when a condition fails, changing nothing."""
        ...


@dataclass(frozen=True)
class Query:
    """Which part of a partition: an index, a sort-key prefix, how many (1-1000), after which token, which direction.

    `beyond` starts after a sort key instead of a token, ascending only: so readers go on in several partitions at once.
    """

    index: str | None = None
    prefix: str = ""
    limit: int = 100
    after: str | None = None
    descending: bool = False
    beyond: str | None = None


class Blobs(Protocol):
    """Gloss's own large, immutable objects: manifests, label bodies, shards, exports; files are never held whole."""

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None: ...

    def remove(self, keys: Iterable[str]) -> None: ...

    def get(self, key: str) -> bytes:
        """The whole object; raises NotFound."""
        ...

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        """The object from a byte within it on, in chunks of about 1 MiB, never whole in memory; raises NotFound."""

    def part(self, key: str, start: int, size: int) -> bytes:
        """So many bytes of the object from a byte within it on, fewer at its end; raises NotFound."""
        ...

    def size(self, key: str) -> int:
        """The object's bytes; raises NotFound."""
        ...

    def etag(self, key: str) -> str:
        """What is another once the object has other bytes; raises NotFound."""
        ...

    def write(self, key: str, chunks: Iterator[bytes], content_type: str) -> int:
        """Store an object as it comes, never whole in memory; returns its bytes."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys under a prefix, in order."""

    def concatenate(self, key: str, parts: Sequence[str], content_type: str) -> int:
        """Join stored parts into one object on the store's side; returns its bytes."""

    def signed_get(self, key: str, seconds: int, filename: str | None = None) -> str: ...

    def signed_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str:
        """A URL to PUT an object; where a size is named, one of just so many bytes and no other."""
        ...


class Machines(Protocol):
    """The state machines; a run's name is its idempotency key."""

    def start(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        """Start a run; a name that was used before is taken as already started."""
        ...

    def stop(self, machine: str, name: str) -> None: ...

    def is_running(self, machine: str, name: str) -> bool:
        """Whether the run goes on; a run that was never started, or is long forgotten, does not."""
        ...


class Clock(Protocol):
    """The time, so that no rule reads it for itself."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Ids(Protocol):
    """New random ids, so that no rule draws them for itself."""

    def new(self) -> str:
        """A UUID as text; under one Idempotency-Key the same sequence each time."""
        ...


@dataclass(frozen=True)
class Ports:
    """The five ports that most services take."""

    store: Store
    blobs: Blobs
    machines: Machines
    clock: Clock
    ids: Ids


class IndexBuilder(Protocol):
    """Makes an explorer index out of the shards of an import."""

    def build(self, source: str, index: str, stage: Stage) -> int:
        """Write the index of all that `stage` opens, from the shards under `source`; answers its number of frames."""
        ...


class Explorer(Protocol):
    """Questions to one explorer index, named by its prefix; collections in filters are keys of lists of frames."""

    def catch_up(self, index: str, folders: Sequence[str]) -> None:
        """Take in the task events of these folders (a day each, in order), so that stages and priorities are fresh."""
        ...

    def search(self, index: str, search: Search) -> Results:
        """A page of the frames that pass, in order; raises Malformed for a foreign token."""
        ...

    def labels(self, index: str, search: LabelSearch) -> LabelResults:
        """A page of the labels that pass, in order; raises Malformed for a foreign token."""
        ...

    def similar(self, index: str, frame: str, filters: Filters, limit: int) -> Results:
        """The frames that look most like a frame, without itself; raises Invalid for an unknown frame."""
        ...

    def alike(self, index: str, wanted: Similar) -> Results:
        """The frames nearest to a frame or a vector in the space of one metadata key; Invalid for an unknown one."""
        ...

    def nearest(self, index: str, vector: Sequence[float], filters: Filters, limit: int) -> Results:
        """The frames nearest to a unit vector of the semantic space; scores are (1 + cosine) / 2."""
        ...

    def distribution(self, index: str, metric: str, filters: Filters) -> Distribution: ...

    def spots(self, index: str, filters: Filters, limit: int) -> tuple[Spot, ...]:
        """Places on the 2-D map; a stable random choice when more frames pass."""
        ...

    def members(self, index: str, filters: Filters) -> Iterator[Member]:
        """Every frame that passes, in the order of data units and frames."""
        ...
