"""Doorways of folders, and of the integrations that fill them, for the public SDK."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.sdk.storage import folder_calls, integrations
from gloss.sdk.storage.folder_calls import FolderPatches, FoldersAsking, MovingFolders
from gloss.sdk.storage.folder_shapes import FolderDto, FolderPatch, FolderPayload, SummaryDto
from gloss.sdk.storage.integrations import IntegrationsAsking, IntegrationsDto
from gloss.sdk.wire import Results
from gloss.services import filing, linking

router = edge.router()


@router.post("/v2/public/storage/folders")
def make_folder(body: FolderPayload) -> FolderDto:
    made = folder_calls.make(body, edge.caller(), wiring.ports())
    return folder_calls.shown(linking.keep_time(made, wiring.timetable), Role.ADMIN, wiring.ports())


@router.get("/v2/public/storage/folders")
def list_folders() -> Results[FolderDto]:
    return folder_calls.on_top(_asked(), edge.caller(), wiring.ports())


@router.get("/v2/public/storage/search/folders")
def search_folders() -> Results[FolderDto]:
    return folder_calls.listed(None, _asked(), edge.caller(), wiring.ports())


@router.patch("/v2/public/storage/folders/patch-bulk")
def change_folders(body: FolderPatches) -> Results[FolderDto]:
    return folder_calls.change_all(body, edge.caller(), wiring.ports())


@router.post("/v2/public/storage/folders/move")
def move_folders(body: MovingFolders) -> None:
    folder_calls.move(body, edge.caller(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>")
def get_folder(folder_id: str) -> FolderDto:
    return folder_calls.shown(filing.folder(folder_id, wiring.store()), edge.caller().role, wiring.ports())


@router.patch("/v2/public/storage/folders/<folder_id>")
def change_folder(folder_id: str, body: FolderPatch) -> FolderDto:
    changed = folder_calls.change(folder_id, body, edge.caller(), wiring.ports())
    return folder_calls.shown(changed, edge.caller().role, wiring.ports())


@router.delete("/v2/public/storage/folders/<folder_id>")
def delete_folder(folder_id: str) -> None:
    linking.keep_time(folder_calls.delete(folder_id, wiring.ports()), wiring.timetable)


@router.get("/v2/public/storage/folders/<folder_id>/folders")
def list_subfolders(folder_id: str) -> Results[FolderDto]:
    return folder_calls.listed(folder_id, _asked(), edge.caller(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>/summary")
def get_folder_summary(folder_id: str) -> SummaryDto:
    return folder_calls.summary(folder_id, wiring.ports())


@router.get("/v2/public/cloud-integrations")
def list_integrations() -> IntegrationsDto:
    asking = IntegrationsAsking.read(router.current_event.resolved_query_string_parameters)
    return integrations.listed(asking, edge.caller(), wiring.store())


def _asked() -> FoldersAsking:
    return FoldersAsking.read(router.current_event.resolved_query_string_parameters)
