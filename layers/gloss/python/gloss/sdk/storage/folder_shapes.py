"""Folders on the SDK's wire."""

import json
from collections.abc import Mapping
from typing import Any, Final

from gloss.domain.access import Role
from gloss.domain.folder import Folder, Trail
from gloss.domain.linking import FolderType
from gloss.domain.model import Timestamp
from gloss.sdk.wire import Wire

ROLES: Final[Mapping[Role, str]] = {Role.ADMIN: "admin"}
TYPES: Final[Mapping[FolderType, str]] = {FolderType.GENERIC: "generic", FolderType.CLOUD_LINKED: "cloudLinked"}


class CloudPlace(Wire):
    """What a new folder mirrors."""

    integration_uuid: str
    remote_url: str


class FolderPayload(Wire):
    """A folder to make; its metadata come as JSON inside a text."""

    name: str
    description: str | None = None
    parent: str | None = None
    client_metadata: str | None = None
    cloud_synced_folder_params: CloudPlace | None = None


class FolderPatch(Wire):
    """What to change of a folder; its metadata come as an object here, and replace the old ones."""

    name: str | None = None
    description: str | None = None
    client_metadata: dict[str, Any] | None = None


class PathElement(Wire):
    """A folder above a folder."""

    uuid: str
    parent_uuid: str | None
    name: str
    synced_dataset_hash: str | None

    @classmethod
    def of(cls, folder: Folder) -> "PathElement":
        return cls(
            uuid=folder.id,
            parent_uuid=folder.parent_id,
            name=folder.title,
            synced_dataset_hash=folder.dataset_id,
        )


class FolderDto(Wire):
    """A folder as the SDK reads it; the path leads from its parent to the root."""

    uuid: str
    parent: str | None
    name: str
    description: str
    client_metadata: str
    owner: str
    created_at: Timestamp
    last_edited_at: Timestamp
    user_role: str
    synced_dataset_hash: str | None
    path_to_root: tuple[PathElement, ...]
    folder_type: str
    integration_hash: str | None
    remote_url: str | None


def folder_dto(trail: Trail, role: Role | None, owner: str) -> FolderDto:
    """A folder with its way up, for somebody with a role on it."""
    folder = trail[0]
    return FolderDto(
        uuid=folder.id,
        parent=folder.parent_id,
        name=folder.title,
        description=folder.description,
        client_metadata=json.dumps(folder.metadata),
        owner=owner,
        created_at=folder.created_at,
        last_edited_at=folder.last_edited_at,
        user_role="user" if role is None else ROLES.get(role, "user"),
        synced_dataset_hash=folder.dataset_id,
        path_to_root=tuple(PathElement.of(above) for above in trail[1:]),
        folder_type=TYPES[folder.folder_type],
        integration_hash=None if folder.link is None else folder.link.integration_id,
        remote_url=None if folder.link is None else folder.link.url,
    )


class SummaryDto(Wire):
    """What lies directly in a folder."""

    files: int
    folders: int
    videos: int
    images: int
    image_groups: int
    image_sequences: int
    dicom_files: int
    dicom_series: int
    niftis: int
    audios: int
    pdfs: int
    plain_texts: int
    tombstones: int = 0
    upload_jobs: int
    total_size: int
