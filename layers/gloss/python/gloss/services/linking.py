"""Cloud-synced folders as such: what a new one mirrors, its settings, its place in the timetable, what it refuses."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.folder import Folder
from gloss.domain.integration import Reach
from gloss.domain.linking import Link, Sidecars, prefix_of
from gloss.domain.model import IntegrationId, Value
from gloss.kinds.register import FOLDERS, INTEGRATIONS, integration_key
from gloss.ports import Ports, Save, Store
from gloss.services import authorising
from gloss.timetable import Timetable

MACHINE = "folder_sync"
_LONGEST_URL = 1100

TimetableOf = Callable[[], Timetable]


class NewLink(Value):
    """What a new folder mirrors: everything under `url` (`s3://bucket/prefix/`), read with an integration.

    `sidecars`: files of metadata beside the files that they describe; `daily`: a sync every 24 hours.
    """

    integration_id: IntegrationId
    url: Annotated[str, Field(min_length=1, max_length=_LONGEST_URL)]
    sidecars: Sidecars | None = None
    daily: bool = False


class SyncSettings(Value):
    """What may change of a synced folder; its integration and URL may not."""

    sidecars: Sidecars | None = None
    daily: bool = False


def vetted(wanted: NewLink | None, caller: Caller, store: Store) -> Link | None:
    """A new folder's link in canonical form; raises NotFound or Forbidden for its integration, Invalid for its URL."""
    if wanted is None:
        return None
    authorising.require(caller, f"integration:{wanted.integration_id}", Permission.RESOURCE_USE, store)
    reach = store.get(INTEGRATIONS, integration_key(wanted.integration_id)).reach
    return Link(**{**dict(wanted), "url": _canonical(wanted.url, reach)})


def link_of(folder: Folder) -> Link:
    """What a folder mirrors; raises Conflict for a folder that mirrors nothing."""
    if folder.link is None:
        raise Conflict(f"The folder {folder.title} is not synced with a cloud; make a folder with a link for that.")
    return folder.link


def demand_filled_by_hand(folder: Folder) -> Folder:
    """Let pass who puts items into a folder or takes them out; raises Conflict for one that is synced."""
    if folder.link is not None:
        here = f"The folder {folder.title} mirrors {folder.link.url}"
        raise Conflict(f"{here}: put or remove files there and sync it, or choose another folder.")
    return folder


def change_settings(folder: Folder, wanted: SyncSettings, timetable_of: TimetableOf, ports: Ports) -> Folder:
    """The folder with other settings, from its next sync on; the timetable follows. Raises Conflict for others."""
    link = link_of(folder).model_copy(update=dict(wanted))
    changed = folder.changed(link=link, last_edited_at=ports.clock.now())
    ports.store.commit([Save(FOLDERS, changed)])
    return keep_time(changed, timetable_of)


def keep_time(folder: Folder, timetable_of: TimetableOf) -> Folder:
    """Put a folder into the timetable, or take it off, as its link says; repeating it changes nothing."""
    if folder.link is None:
        return folder
    if folder.link.daily and folder.deleted_at is None:
        timetable_of().put(name_of(folder.id), MACHINE, {"folder_id": folder.id})
    else:
        timetable_of().take_off(name_of(folder.id))
    return folder


def name_of(folder_id: str) -> str:
    """A folder's name in the timetable."""
    return f"folder-{folder_id}"


def _canonical(url: str, reach: Reach) -> str:
    try:
        return prefix_of(url, reach)
    except Invalid as refused:
        raise Invalid(refused.message, [Fault("link.url", each.reason) for each in refused.faults]) from None
