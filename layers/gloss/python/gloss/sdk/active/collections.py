"""Collections of a project on the SDK's wire: of frames, or of labels on frames."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.collections import Collection, CollectionKind
from gloss.domain.errors import Malformed
from gloss.domain.model import CollectionId, DataId, Description, ProjectId, Timestamp, Title
from gloss.kinds.active import COLLECTIONS, collection_key
from gloss.ports import Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.labels.filters import ListPayload
from gloss.sdk.labels.listing import entries
from gloss.sdk.wire import Results, Wire
from gloss.services import assembling, collecting
from gloss.services.assembling import ChangedNames, Name, NewNames
from gloss.services.locating import Outlook

A_PAGE: Final = 100
#: The client reads these from a row in camelCase, but for four of its ids.
_IDS: Final[Mapping[str, str]] = {
    "label_hash": "label_uuid",
    "data_hash": "data_uuid",
    "group_hash": "group_uuid",
    "dataset_hash": "dataset_uuid",
}


class CollectionsAsking(Asking):
    """Which collections."""

    uuids: tuple[CollectionId, ...] = Field(default=(), max_length=1000)
    page_size: int = Field(default=A_PAGE, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)


class ItemsAsking(Asking):
    """Which page of a collection's data units, of frames or of labels."""

    get_labels: bool = False
    page_size: int = Field(default=A_PAGE, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)

    def of_kind(self, collection: Collection) -> Collection:
        """Let pass who asks for what the collection holds; raises Malformed."""
        if (collection.kind is CollectionKind.LABEL) is not self.get_labels:
            raise Malformed(f"This collection is of {collection.kind.value}s; list those.")
        return collection


class CollectionPayload(Wire):
    """A collection to make."""

    name: Title
    description: Description | None = None
    collection_type: CollectionKind

    def wanted(self) -> NewNames:
        """In our own words."""
        return NewNames(name=self.name, description=self.description or "", kind=self.collection_type)


class CollectionChange(Wire):
    """What to change of a collection."""

    name: Title | None = None
    description: Description | None = None

    def wanted(self) -> ChangedNames:
        """In our own words."""
        return ChangedNames(name=self.name, description=self.description)


class MemberDto(Wire):
    """A frame, or a label on it."""

    data_uuid: DataId
    frame: int
    annotation_id: str | None = None

    def name(self) -> Name:
        """In our own words."""
        return Name(DataId(self.data_uuid.lower()), self.frame, self.annotation_id)


class MembersPayload(Wire):
    """Frames, or labels on them."""

    items: tuple[MemberDto, ...]

    def names(self) -> list[Name]:
        """In our own words, each once."""
        return list(dict.fromkeys(each.name() for each in self.items))


class FailedDto(Wire):
    """What was left out."""

    failed_items: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, names: Sequence[Name]) -> "FailedDto":
        return cls(failed_items=tuple(_told(name) for name in names))


class CollectionDto(Wire):
    """A collection of a project."""

    collection_uuid: str
    project_uuid: str
    name: str
    description: str
    collection_type: CollectionKind
    created_at: Timestamp
    last_edited_at: Timestamp

    @classmethod
    def of(cls, it: Collection) -> "CollectionDto":
        return cls(
            collection_uuid=it.id,
            project_uuid=it.project_id,
            name=it.name,
            description=it.description,
            collection_type=it.kind,
            created_at=it.created_at,
            last_edited_at=it.edited_at,
        )


def listed(project_id: ProjectId, asking: CollectionsAsking, store: Store) -> Results[CollectionDto]:
    """Collections by their ids, or a page of them."""
    if asking.uuids:
        found = store.get_many(COLLECTIONS, [collection_key(project_id, id_) for id_ in asking.uuids])
        return Results(results=[CollectionDto.of(it) for it in found])
    page = collecting.page(project_id, Query(limit=asking.page_size, after=asking.page_token), store)
    return Results(results=[CollectionDto.of(it) for it in page.entries], next_page_token=page.next_token)


def members(collection: Collection, asking: ItemsAsking, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of data units, each with its label row and what of it is in the collection; tokens are data units."""
    by_data = assembling.by_data(collection, ports.blobs)
    ahead = iter(sorted(id_ for id_ in by_data if id_ > (asking.page_token or "")))
    shown = list(islice(ahead, asking.page_size))
    rows = _rows(collection.project_id, shown, caller, ports)
    results = [_item(rows[id_], by_data[id_]) for id_ in shown if id_ in rows]
    return Results(results=results, next_page_token=shown[-1] if next(ahead, None) is not None else None)


def _rows(project_id: ProjectId, data_ids: Sequence[DataId], caller: Caller, ports: Ports) -> dict[str, dict[str, Any]]:
    if not data_ids:
        return {}
    payload = ListPayload.model_validate({"data_hashes": list(data_ids), "include_workflow_graph_node": True})
    found = entries(payload, Outlook.of(project_id, caller, ports), ports)
    return {row["data_hash"]: row for row in found}


def _item(row: Mapping[str, Any], names: Sequence[Name]) -> dict[str, Any]:
    return {
        "labelRowMetadata": {_IDS.get(key, _camel(key)): value for key, value in row.items()},
        "instances": [{key: value for key, value in _told(it).items() if key != "dataUuid"} for it in names],
    }


def _told(name: Name) -> dict[str, Any]:
    label = {} if name.label is None else {"annotationId": name.label}
    return {"dataUuid": name.data_id, "frame": name.frame, **label}


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
