"""Cloud-synced folders: where they look, how often, and what counts as a file or as a sidecar there."""

from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import quote, unquote

from pydantic import Field

from gloss.domain.errors import Fault, Invalid
from gloss.domain.integration import Reach
from gloss.domain.locations import SAFE
from gloss.domain.media import MediaKind
from gloss.domain.model import IntegrationId, Value

Suffix = Annotated[str, Field(min_length=1, max_length=128)]

#: What a synced folder takes in, by the ending of the name (features 1.8); the probe decides whether it is true.
ENDINGS: Final = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff"), MediaKind.IMAGE),
    **dict.fromkeys((".mp4", ".mov", ".webm", ".mkv"), MediaKind.VIDEO),
    **dict.fromkeys((".mp3", ".wav", ".flac"), MediaKind.AUDIO),
    **dict.fromkeys((".txt", ".html", ".htm", ".json", ".xml"), MediaKind.TEXT),
    **dict.fromkeys((".nii", ".nii.gz"), MediaKind.NIFTI),
    ".pdf": MediaKind.PDF,
}


#: Canonical URLs that have their keys as they are; those of all other stores are percent-encoded.
BARE: Final = ("s3://", "gs://")


class FolderType(StrEnum):
    """GENERIC: people register what is in it; CLOUD_LINKED: it mirrors a prefix of a cloud."""

    GENERIC = "GENERIC"
    CLOUD_LINKED = "CLOUD_LINKED"


class Sidecars(Value):
    """Files that end with `suffix` are metadata of the file named before it; paused: still hidden, not attached."""

    suffix: Suffix = ".metadata.json"
    paused: bool = False


class Link(Value):
    """What a folder mirrors: everything under `url`, which ends with a slash and never changes."""

    integration_id: IntegrationId
    url: str
    sidecars: Sidecars | None = None
    daily: bool = False


def prefix_of(url: str, reach: Reach) -> str:
    """The canonical form of a URL prefix, with a slash at its end; raises Invalid for a place that is not reached."""
    if "?" in url or "#" in url:
        raise Invalid(
            f"The URL {url} is no prefix.", [Fault("link.url", "a prefix has neither a query nor a fragment")]
        )
    place = reach.locate(f"{url.rstrip('/')}/-")
    return place.url.removesuffix("-")


def key_of(url: str, prefix: str) -> str:
    """What follows the prefix in an object's key, as its store orders keys; both URLs in canonical form."""
    rest = url.removeprefix(prefix)
    return rest if prefix.startswith(BARE) else unquote(rest)


def url_of(key: str, prefix: str) -> str:
    """The canonical URL of a key under a prefix."""
    return f"{prefix}{key if prefix.startswith(BARE) else quote(key, SAFE)}"


def kind_of(name: str) -> MediaKind | None:
    """The kind of media that a file's name promises; None: nothing that a synced folder takes in."""
    lower = name.lower()
    if lower.endswith(".nii.gz"):
        return MediaKind.NIFTI
    return ENDINGS.get(ending_of(lower))


def ending_of(name: str) -> str:
    """The ending of a file's name, in small letters with its dot; empty when it has none."""
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    return f"{dot}{ending}".lower() if stem else ""
