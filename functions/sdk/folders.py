"""Doorways of folders for the public SDK."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.sdk.storage import folder_calls
from gloss.sdk.storage.folder_shapes import FolderDto, FolderPayload
from gloss.services import filing, linking

router = edge.router()


@router.post("/v2/public/storage/folders")
def make_folder(body: FolderPayload) -> FolderDto:
    made = folder_calls.make(body, edge.caller(), wiring.ports())
    return folder_calls.shown(linking.keep_time(made, wiring.timetable), Role.ADMIN, wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>")
def get_folder(folder_id: str) -> FolderDto:
    return folder_calls.shown(filing.folder(folder_id, wiring.store()), edge.caller().role, wiring.ports())
