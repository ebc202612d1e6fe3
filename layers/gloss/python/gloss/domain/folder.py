"""Folders: where registered items live; they nest."""

from pydantic import Field

from gloss.domain.errors import Invalid
from gloss.domain.media import Metadata
from gloss.domain.model import Description, FolderId, OrgId, Timestamp, Title, UserId, Versioned

MAX_DEPTH = 32


class Folder(Versioned):
    """A folder of items and folders; `deleted_at` is a tombstone."""

    id: FolderId
    org_id: OrgId
    title: Title
    description: Description = ""
    parent_id: FolderId | None = None
    path_to_root: tuple[FolderId, ...] = ()
    metadata: Metadata = Field(default_factory=dict)
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    deleted_at: Timestamp | None = None


def path_below(parent: Folder | None) -> tuple[FolderId, ...]:
    """The ids from a new folder's parent up to the root; raises Invalid when folders would nest too deep."""
    if parent is None:
        return ()
    path = (parent.id, *parent.path_to_root)
    if len(path) >= MAX_DEPTH:
        raise Invalid(f"Folders nest at most {MAX_DEPTH} deep.")
    return path
