"""Files that the SDK puts into our bucket: it asks for URLs first, PUTs each file, and registers them by our URLs."""

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import NotOffered
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId
from gloss.inbox import Inbox
from gloss.ports import Ports
from gloss.sdk.asking import Asking
from gloss.sdk.storage.item_shapes import KINDS
from gloss.sdk.wire import Results, Wire
from gloss.services import uploading
from gloss.services.uploading import ARRAYS, Several


class UploadsPayload(Wire):
    """So many files of a kind."""

    item_type: str
    count: int = Field(ge=1, le=5000)


class UploadsAsking(Asking):
    """The same in a query, for the client's older calls."""

    upload_item_type: str
    count: int = Field(ge=1, le=5000)


class SignedUrlDto(Wire):
    """Where a file goes, with the headers that are to be sent as they stand."""

    item_uuid: str
    object_key: str
    signed_url: str
    upload_headers: dict[str, str]


class Announcing(Wire):
    """Files to announce, for a folder or for any."""

    item_type: str
    count: int
    folder_id: FolderId | None = None


def announced(wanted: Announcing, caller: Caller, inbox: Inbox, ports: Ports) -> Results[SignedUrlDto]:
    """A URL for each file; its size and type are not signed, since the client says neither."""
    kind = _kind(wanted.item_type)
    several = Several(kind=kind, count=wanted.count, folder_id=wanted.folder_id)
    invited = uploading.invite_many(several, caller, inbox, ports)
    return Results(
        results=[
            SignedUrlDto(item_uuid=it.id, object_key=it.object_url, signed_url=it.url, upload_headers=it.headers)
            for it in invited
        ]
    )


def _kind(item_type: str) -> MediaKind:
    kind = KINDS.get(item_type)
    if kind is None or kind not in ARRAYS:
        raise NotOffered(f"Gloss takes in no files as {item_type}.")
    return kind
