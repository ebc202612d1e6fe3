"""Doorways of folders."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.folder import Folder
from gloss.domain.media import Metadata
from gloss.domain.model import FolderId, OrgId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import filing
from gloss.services.filing import ChangedFolder, NewFolder

router = edge.router()
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
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    deleted_at: Timestamp | None
    version: int

    @classmethod
    def of(cls, folder: Folder) -> "FolderView":
        return cls.model_validate(dict(folder))


@router.post("/v1/folders")
def make_folder(body: NewFolder) -> FolderView:
    return FolderView.of(filing.make_folder(body, edge.caller(), wiring.ports()))


@router.get("/v1/folders")
def list_folders(parent_id: Parent = None, limit: Limit = 100, token: Token = None) -> Listing[FolderView]:
    page = filing.folders(parent_id, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[FolderView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/folders/<folder_id>")
def get_folder(folder_id: str) -> FolderView:
    return FolderView.of(filing.folder(folder_id, wiring.store()))


@router.patch("/v1/folders/<folder_id>")
def change_folder(folder_id: str, body: ChangedFolder) -> FolderView:
    return FolderView.of(filing.change_folder(folder_id, body, wiring.ports()))


@router.delete("/v1/folders/<folder_id>")
def delete_folder(folder_id: str) -> FolderView:
    return FolderView.of(filing.delete_folder(folder_id, wiring.ports()))
