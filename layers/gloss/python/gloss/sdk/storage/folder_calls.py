"""What the SDK asks of folders."""

import json
from collections.abc import Sequence
from typing import Any

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Fault, Invalid
from gloss.domain.folder import Folder
from gloss.domain.model import FolderId, IntegrationId
from gloss.ports import Ports
from gloss.sdk.people import emails_of
from gloss.sdk.storage.folder_shapes import FolderDto, FolderPayload, folder_dto
from gloss.services import authorising, filing
from gloss.services.filing import NewFolder
from gloss.services.linking import NewLink


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
