"""What the SDK asks of folders."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from gloss.domain.access import Caller, Permission, Role
from gloss.domain.errors import Fault, Invalid
from gloss.domain.folder import Folder
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, IntegrationId
from gloss.domain.search import TOP, FolderSearch, ItemOrder
from gloss.kinds.register import JOBS, jobs_of
from gloss.ports import Ports, Query
from gloss.sdk.asking import PageAsking
from gloss.sdk.people import emails_of
from gloss.sdk.refusing import as_illegal
from gloss.sdk.storage.folder_shapes import FolderDto, FolderPatch, FolderPayload, SummaryDto, folder_dto
from gloss.sdk.wire import Results, Wire
from gloss.services import authorising, filing, searching
from gloss.services.filing import ChangedFolder, Deletion, NewFolder
from gloss.services.linking import NewLink

ORDERS: Final = {
    ("name", False): ItemOrder.TITLE,
    ("name", True): ItemOrder.TITLE_BACK,
    ("createdAt", False): ItemOrder.CREATED,
    ("createdAt", True): ItemOrder.LATEST,
}
MOST_COUNTED: Final = 1000


class FoldersAsking(PageAsking):
    """Which folders; we have no tags on folders, so that none has those that are asked for."""

    search: str | None = None
    is_recursive: bool = False
    dataset_synced: bool | None = None
    organisation_tag_names_allof: tuple[str, ...] = ()


class FolderPatches(Wire):
    """What to change of which folder."""

    folder_patches: Annotated[dict[str, FolderPatch], Field(max_length=filing.MOST_CHANGED)]


class MovingFolders(Wire):
    """Folders, and the one they go to; none: to the top."""

    folder_uuids: Annotated[tuple[FolderId, ...], Field(max_length=filing.MOST_MOVED)]
    new_parent_uuid: FolderId | None = None


def make(payload: FolderPayload, caller: Caller, ports: Ports) -> Folder:
    """A new folder; raises Invalid for metadata that are no JSON object."""
    place = payload.cloud_synced_folder_params
    link = (
        None if place is None else NewLink(integration_id=IntegrationId(place.integration_uuid), url=place.remote_url)
    )
    wanted = NewFolder(
        title=payload.name,
        description=payload.description or "",
        parent_id=None if payload.parent is None else FolderId(payload.parent),
        metadata=_metadata(payload.client_metadata),
        link=link,
    )
    return filing.make_folder(wanted, caller, ports)


def change(folder_id: str, patch: FolderPatch, caller: Caller, ports: Ports) -> Folder:
    """A folder with another name, description or other metadata."""
    return filing.change_folder(folder_id, _wish(patch), caller, ports)


def change_all(wanted: FolderPatches, caller: Caller, ports: Ports) -> Results[FolderDto]:
    """Several folders, all or none; raises NotFound or Forbidden when one is not the caller's to change."""
    _demand_mine(list(wanted.folder_patches), caller, ports)
    changed = filing.change_folders({id_: _wish(it) for id_, it in wanted.folder_patches.items()}, caller, ports)
    return Results(results=shown_all(changed, caller, ports))


def move(wanted: MovingFolders, caller: Caller, ports: Ports) -> None:
    """Folders to another folder, all or none; raises NotFound or Forbidden when one is not the caller's to move."""
    _demand_mine(wanted.folder_uuids, caller, ports)
    there = ChangedFolder(parent_id=wanted.new_parent_uuid)
    with as_illegal():
        filing.change_folders(dict.fromkeys(wanted.folder_uuids, there), caller, ports)


def delete(folder_id: str, ports: Ports) -> Folder:
    """An empty folder; raises IllegalAction for one that holds something."""
    with as_illegal():
        return filing.delete_folder(folder_id, Deletion(), ports)


def listed(parent_id: str | None, asking: FoldersAsking, caller: Caller, ports: Ports) -> Results[FolderDto]:
    """A page of the folders in one, on top, or everywhere (None)."""
    if asking.organisation_tag_names_allof:
        return Results(results=[])
    search = FolderSearch(
        parent_id=None if parent_id is None else FolderId(parent_id),
        recursive=asking.is_recursive,
        order=ORDERS.get((asking.order, asking.desc), ItemOrder.TITLE),
        backs_dataset=asking.dataset_synced,
        title_contains=asking.search or None,
        limit=asking.page_size,
        token=asking.page_token,
    )
    page = searching.folders(search, caller, ports.store)
    return Results(results=shown_all(page.entries, caller, ports), next_page_token=page.next_token)


def on_top(asking: FoldersAsking, caller: Caller, ports: Ports) -> Results[FolderDto]:
    """The same of those that lie in none."""
    return listed(TOP, asking, caller, ports)


def summary(folder_id: str, ports: Ports) -> SummaryDto:
    """What lies directly in a folder; nothing that is deleted is kept among it."""
    counted = filing.summary(folder_id, ports.store).shown()
    kinds = counted.items
    jobs = ports.store.page(JOBS, jobs_of(folder_id), Query(index="by_parent", limit=MOST_COUNTED))
    return SummaryDto(
        files=sum(kinds.values()),
        folders=counted.folders,
        videos=kinds.get(MediaKind.VIDEO, 0),
        images=kinds.get(MediaKind.IMAGE, 0),
        image_groups=kinds.get(MediaKind.IMAGE_GROUP, 0),
        image_sequences=kinds.get(MediaKind.IMAGE_SEQUENCE, 0),
        dicom_files=kinds.get(MediaKind.DICOM_FILE, 0),
        dicom_series=kinds.get(MediaKind.DICOM_SERIES, 0),
        niftis=kinds.get(MediaKind.NIFTI, 0),
        audios=kinds.get(MediaKind.AUDIO, 0),
        pdfs=kinds.get(MediaKind.PDF, 0),
        plain_texts=kinds.get(MediaKind.TEXT, 0),
        upload_jobs=len(jobs.entries),
        total_size=counted.size_bytes,
    )


def shown(folder: Folder, role: Role | None, ports: Ports) -> FolderDto:
    """One folder for somebody with a role on it."""
    owner = emails_of([folder.created_by], ports.store).get(folder.created_by, "")
    return folder_dto(filing.trails([folder], ports.store)[0], role, owner)


def shown_all(folders: Sequence[Folder], caller: Caller, ports: Ports) -> list[FolderDto]:
    """Many folders for somebody."""
    emails = emails_of((it.created_by for it in folders), ports.store)
    roles = authorising.roles_on(caller, [f"folder:{it.id}" for it in folders], ports.store)
    trails = filing.trails(folders, ports.store)
    return [folder_dto(up, roles.get(f"folder:{up[0].id}"), emails.get(up[0].created_by, "")) for up in trails]


def _wish(patch: FolderPatch) -> ChangedFolder:
    return ChangedFolder(title=patch.name, description=patch.description, metadata=patch.client_metadata)


def _demand_mine(folder_ids: Sequence[str], caller: Caller, ports: Ports) -> None:
    for folder_id in folder_ids:
        authorising.require(caller, f"folder:{folder_id}", Permission.RESOURCE_ADMIN, ports.store)
        filing.folder(folder_id, ports.store)


def _metadata(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Invalid("The metadata are no JSON object.", [Fault("clientMetadata", "is no JSON object")])
    return said
