"""Doorways of folders."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.folder import Folder, Trail, path_of
from gloss.domain.linking import FolderType, Link
from gloss.domain.media import MediaKind, Metadata
from gloss.domain.model import DatasetId, FolderId, OrgId, Timestamp, UserId, Value
from gloss.domain.search import FolderSearch
from gloss.domain.tally import Counted
from gloss.paging import Limit, Listing, Token
from gloss.ports import Page, Query
from gloss.services import filing, linking, searching
from gloss.services.filing import ChangedFolder, Deletion, NewFolder

router = edge.router()
Recursive = Annotated[bool, FromQuery()]
Parent = Annotated[str | None, FromQuery(max_length=64)]


class FolderView(Value):
    """A folder; `path_to_root` begins with its parent."""

    id: FolderId
    org_id: OrgId
    title: str
    description: str
    parent_id: FolderId | None
    path_to_root: tuple[FolderId, ...]
    metadata: Metadata
    folder_type: FolderType
    link: Link | None
    dataset_id: DatasetId | None
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    deleted_at: Timestamp | None
    version: int

    @classmethod
    def of(cls, trail: Trail) -> "FolderView":
        more = {"path_to_root": path_of(trail), "folder_type": trail[0].folder_type}
        return cls.model_validate({**dict(trail[0]), **more})


class SummaryView(Value):
    """What lies directly in a folder: visible items by kind, the bytes of their files where known, and folders."""

    items: dict[MediaKind, int]
    size_bytes: int
    folders: int

    @classmethod
    def of(cls, counted: Counted) -> "SummaryView":
        return cls.model_validate(dict(counted.shown()))


@router.post("/v1/folders")
def make_folder(body: NewFolder) -> FolderView:
    made = filing.make_folder(body, edge.caller(), wiring.ports())
    return _view(linking.keep_time(made, wiring.timetable))


@router.get("/v1/folders")
def list_folders(parent_id: Parent = None, limit: Limit = 100, token: Token = None) -> Listing[FolderView]:
    query = Query(limit=limit, after=token)
    return _listing(searching.listed_folders(parent_id, edge.caller(), query, wiring.store()))


@router.post("/v1/folders/search")
def search_folders(body: FolderSearch) -> Listing[FolderView]:
    return _listing(searching.folders(body, edge.caller(), wiring.store()))


@router.get("/v1/folders/<folder_id>")
def get_folder(folder_id: str) -> FolderView:
    return _view(filing.folder(folder_id, wiring.store()))


@router.get("/v1/folders/<folder_id>/summary")
def get_summary(folder_id: str) -> SummaryView:
    return SummaryView.of(filing.summary(folder_id, wiring.store()))


@router.patch("/v1/folders/<folder_id>")
def change_folder(folder_id: str, body: ChangedFolder) -> FolderView:
    return _view(filing.change_folder(folder_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/folders/<folder_id>")
def delete_folder(folder_id: str, recursive: Recursive = False) -> FolderView:
    removed = filing.delete_folder(folder_id, Deletion(recursive=recursive), wiring.ports())
    return _view(linking.keep_time(removed, wiring.timetable))


@router.post("/v1/folders/<folder_id>/restore")
def restore_folder(folder_id: str) -> FolderView:
    restored = filing.restore_folder(folder_id, wiring.ports())
    return _view(linking.keep_time(restored, wiring.timetable))


def _view(folder: Folder) -> FolderView:
    return _listing(Page((folder,))).entries[0]


def _listing(page: Page[Folder]) -> Listing[FolderView]:
    entries = [FolderView.of(trail) for trail in filing.trails(page.entries, wiring.store())]
    return Listing(entries=entries, next_token=page.next_token)
