"""Files that people put into Gloss's own bucket: what was announced, and the one spelling of each one's URL."""

import re
from typing import Annotated, Final

from pydantic import Field

from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, JobId, OrgId, Timestamp, Title, UserId, Versioned

#: S3 takes so much in one PUT.
LARGEST_BYTES: Final = 5 * 2**30
PREFIX: Final = "uploads/"
ANY_FOLDER: Final = "any"
SCHEME: Final = "gloss-upload://"
_ID = r"[A-Za-z0-9-]{1,64}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_URL = re.compile(rf"{SCHEME}(?P<place>{_ID}/{_ID}/{_ID}/{_NAME})")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

FileSize = Annotated[int, Field(ge=1, le=LARGEST_BYTES)]
TYPE_PATTERN: Final = r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$"
ContentType = Annotated[str, Field(max_length=128, pattern=TYPE_PATTERN)]


class Upload(Versioned):
    """A file that somebody announced for a folder, or (None) for any that they fill.

    Size and type that were not announced are known once it has come. `kept_at` says that it came whole, `expires` when
    it is given up.
    """

    id: str
    org_id: OrgId
    folder_id: FolderId | None
    file_name: Title
    kind: MediaKind
    size_bytes: FileSize | None = None
    content_type: ContentType | None = None
    created_by: UserId
    created_at: Timestamp
    kept_at: Timestamp | None = None
    job_id: JobId | None = None
    expires: int | None = None

    @property
    def url(self) -> str:
        """How manifests and items name the file."""
        return f"{SCHEME}{self._place}"

    @property
    def key(self) -> str:
        """Where the file lies in Gloss's own bucket."""
        return f"{PREFIX}{self._place}"

    @property
    def _place(self) -> str:
        return f"{self.org_id}/{self.folder_id or ANY_FOLDER}/{self.id}/{safe_name(self.file_name)}"

    def is_open_to(self, folder_id: FolderId, user_id: UserId) -> bool:
        """Whether somebody may register it in a folder: it was announced for that one, or by them for any."""
        return self.folder_id == folder_id or (self.folder_id is None and self.created_by == user_id)


def is_upload(url: str) -> bool:
    """Whether a URL names an uploaded file, rightly spelt or not."""
    return url.startswith(SCHEME)


def key_of(url: str) -> str | None:
    """The key of an uploaded file; None for every spelling but the one that `Upload.url` has: nothing is decoded."""
    found = _URL.fullmatch(url)
    return None if found is None else f"{PREFIX}{found['place']}"


def id_of(url: str) -> str | None:
    """The id of the upload that a URL names; None for every other spelling."""
    found = _URL.fullmatch(url)
    return None if found is None else found["place"].split("/")[2]


def beside(url: str, name: str) -> str:
    """The URL of what is made of an uploaded file, and lies beside it."""
    return f"{url.rpartition('/')[0]}/{safe_name(name)}"


def safe_name(file_name: str) -> str:
    """A file's name as keys may have it: its last 128 letters, digits, dots and dashes, and no dot at its beginning."""
    return _UNSAFE.sub("_", file_name)[-128:].lstrip("._-") or "file"
