"""Doorways of cloud-synced folders for the public SDK; syncs are waited for in the room `poll`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from gloss import edge, wiring
from gloss.sdk.refusing import as_illegal
from gloss.sdk.storage import syncs
from gloss.sdk.storage.syncs import FolderConfig
from gloss.sdk.wire import scalar
from gloss.services import filing, syncing

router = edge.router()


@router.post("/v2/public/storage/folders/<folder_id>/cloud-synced-folder-syncs")
def start_sync(folder_id: str) -> Response[str]:
    folder = filing.folder(folder_id, wiring.store())
    with as_illegal():
        return scalar(syncing.ask(folder, edge.caller(), wiring.ports()).id)


@router.get("/v2/public/storage/folders/<folder_id>/folder-config")
def get_config(folder_id: str) -> dict[str, Any]:
    return syncs.config_of(filing.folder(folder_id, wiring.store()))


@router.post("/v2/public/storage/folders/<folder_id>/folder-config")
def set_config(folder_id: str, body: FolderConfig) -> None:
    syncs.configure(filing.folder(folder_id, wiring.store()), body, wiring.timetable, wiring.ports())
