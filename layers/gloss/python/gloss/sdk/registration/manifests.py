"""From the SDK's typed items to a manifest of ours: uploads are kept, groups of items become groups of their URLs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid, NotOffered
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, IntegrationId, ItemId
from gloss.domain.uploads import Upload
from gloss.inbox import Inbox
from gloss.ports import Ports
from gloss.sdk.left_out import LEFT_OUT, refusal
from gloss.sdk.wire import Wire
from gloss.services import uploading, viewing

#: Kinds of media that Gloss does not have, and the part that is left out with each.
UNKNOWN_KINDS: Final = {"scenes": "scenes"}
FROM_ITEMS: Final = "imageGroupsFromItems"
#: Where the files of an element stand.
PARTS: Final = ("images", "dicomFiles")


class Desk(NamedTuple):
    """Where somebody's items become a manifest for a folder."""

    folder_id: FolderId
    caller: Caller
    inbox: Inbox
    ports: Ports


class GroupFromItems(Wire):
    """Images that are registered already, as a group, or as a video made of them."""

    image_items: tuple[ItemId, ...]
    title: str | None = None
    client_metadata: dict[str, Any] = Field(default_factory=dict)
    create_video: bool = False


class Manifest(NamedTuple):
    """What is to be registered, and the integration that reads it if the items themselves tell."""

    arrays: dict[str, Any]
    integration_id: IntegrationId | None = None


def manifest_of(items: Mapping[str, Any], desk: Desk) -> Manifest:
    """The typed items as a manifest; raises NotOffered, NotFound or Invalid."""
    missing = [name for name in UNKNOWN_KINDS if items.get(name)]
    if missing:
        raise NotOffered(refusal(LEFT_OUT[UNKNOWN_KINDS[missing[0]]]))
    arrays = {name: said for name, said in items.items() if name not in (*UNKNOWN_KINDS, FROM_ITEMS) and said != []}
    groups, integration_id = _groups(items.get(FROM_ITEMS) or (), desk)
    if groups:
        arrays["imageGroups"] = [*arrays.get("imageGroups", []), *groups]
    kept = uploading.keep_named(_urls(arrays), desk.folder_id, desk.caller, desk.inbox, desk.ports)
    _tell_types(arrays.get("text", []), {it.url: it for it in kept})
    return Manifest(arrays, integration_id)


def _urls(arrays: Mapping[str, Any]) -> Iterator[str]:
    for element in _elements(arrays):
        parts = (part for name in PARTS for part in element.get(name) or () if isinstance(part, dict))
        named = [element.get("objectUrl"), *(part.get("url") for part in parts)]
        yield from (url for url in named if isinstance(url, str))


def _elements(arrays: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    lists = (said for said in arrays.values() if isinstance(said, list))
    return (element for said in lists for element in said if isinstance(element, dict))


def _tell_types(texts: Sequence[dict[str, Any]], uploads: Mapping[str, Upload]) -> None:
    """An uploaded text has no name that would tell its type; the client told it when it sent the file."""
    for text in texts:
        upload = uploads.get(text.get("objectUrl", ""))
        if upload is not None and upload.content_type and not text.get("textMetadata"):
            text["textMetadata"] = {"fileSize": upload.size_bytes, "mimeType": upload.content_type}


def _groups(groups: Iterable[Any], desk: Desk) -> tuple[list[dict[str, Any]], IntegrationId | None]:
    made, read_by = list[dict[str, Any]](), set[IntegrationId | None]()
    for group in map(GroupFromItems.model_validate, groups):
        images = viewing.seen(group.image_items, desk.caller, desk.ports.store)
        read_by |= {image.integration_id for image in images}
        made.append(_group(group, images))
    if len(read_by) > 1:
        reason = "its images are read by several integrations; one job has one"
        raise Invalid(f"The group cannot be made: {reason}.", [Fault(FROM_ITEMS, reason)])
    return made, next(iter(read_by), None)


def _group(group: GroupFromItems, images: Sequence[Item]) -> dict[str, Any]:
    if any(image.kind is not MediaKind.IMAGE for image in images):
        reason = "only images make up a group"
        raise Invalid(f"The group cannot be made: {reason}.", [Fault(FROM_ITEMS, reason)])
    return {
        "title": group.title,
        "createVideo": group.create_video,
        "clientMetadata": group.client_metadata,
        "images": [{"url": image.url, "title": image.title} for image in images],
    }
