"""Folders: where registered items live; they nest."""

from collections.abc import Sequence

from pydantic import Field

from gloss.domain.errors import Conflict, Invalid
from gloss.domain.linking import FolderType, Link
from gloss.domain.media import Metadata
from gloss.domain.model import DatasetId, Description, FolderId, OrgId, Timestamp, Title, UserId, Versioned

MAX_DEPTH = 32


class Folder(Versioned):
    """A folder of items and folders; `deleted_at` is a tombstone, and what lies below a tombstone is gone with it.

    `link` is what a cloud-synced folder mirrors; `dataset_id` is the dataset that it backs.
    """

    id: FolderId
    org_id: OrgId
    title: Title
    description: Description = ""
    parent_id: FolderId | None = None
    metadata: Metadata = Field(default_factory=dict)
    link: Link | None = None
    dataset_id: DatasetId | None = None
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    deleted_at: Timestamp | None = None

    @property
    def folder_type(self) -> FolderType:
        """Whether people fill it or a sync does."""
        return FolderType.GENERIC if self.link is None else FolderType.CLOUD_LINKED


Trail = tuple[Folder, ...]
"""A folder and those above it, from itself up to the root."""


def path_of(trail: Sequence[Folder]) -> tuple[FolderId, ...]:
    """The ids above a folder, its parent first, given its trail."""
    return tuple(folder.id for folder in trail[1:])


def is_gone(trail: Sequence[Folder]) -> bool:
    """Whether a folder or one above it is a tombstone."""
    return any(folder.deleted_at is not None for folder in trail)


def demand_room(parents: Sequence[Folder], levels: int = 1) -> None:
    """Let so many levels of folders go below these parents; raises Invalid when they would nest too deep."""
    if len(parents) + levels > MAX_DEPTH:
        raise Invalid(f"Folders nest at most {MAX_DEPTH} deep.")


def demand_elsewhere(folder: Folder, parents: Sequence[Folder]) -> None:
    """Raises Conflict when a folder would come to lie in itself or in a folder below it."""
    if any(each.id == folder.id for each in parents):
        raise Conflict("A folder cannot be moved into itself or into a folder below it.")
