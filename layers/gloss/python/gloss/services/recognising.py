"""Which URLs a folder has already: what `skip_duplicate_urls` asks.

A job that skips duplicates names an item by its folder and URLs, so two of them cannot make two items. A job that keeps
duplicates names it by job and row, and notes under which URLs it lies.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gloss.domain.errors import Stale
from gloss.domain.job import Job
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.units import Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, ItemId
from gloss.domain.registering import Registered, first_id_of, item_id_of, next_id_of
from gloss.kinds.register import FURTHER, ITEMS, REGISTERED, further_of, item_key, registered_key
from gloss.ports import Overwrite, Save, Store

Urls = tuple[str, ...]


class Place(NamedTuple):
    """What the folder has under a fingerprint: an item, or else the id that a new one gets."""

    item: Item | None
    id: ItemId


class Twin(NamedTuple):
    """That a unit is in the folder already: as an item, or as files of several series."""

    item: Item | None


Known = Mapping[str, Place]
Items = Mapping[ItemId, Item]


def known_places(units: Iterable[tuple[Unit, Urls]], job: Job, store: Store) -> Known:
    """What the folder has of units at their canonical URLs, by fingerprint; nothing unless the job skips duplicates."""
    if not job.skip_duplicate_urls:
        return {}
    prints = sorted({each for unit, urls in units for each in prints_of(unit, urls)})
    heads = store.get_many(REGISTERED, [registered_key(job.folder_id, each) for each in prints])
    noted = {head.fingerprint: head.item_id for head in heads}
    items = _with_wholes([*noted.values(), *(first_id_of(job.folder_id, each) for each in prints)], store)
    return {each: _quick(each, noted.get(each), items, job) or _searched(each, job, store) for each in prints}


def standing(notes: Sequence[Registered], store: Store) -> dict[str, Item]:
    """The items of those notes that still hold, by fingerprint; a member stands and lies where its whole does."""
    items = _with_wholes([each.item_id for each in notes], store)
    return {each.fingerprint: items[each.item_id] for each in notes if _holds(each, _whole(each.item_id, items))}


def notes_of(items: Iterable[Item], folder_id: FolderId) -> list[Registered]:
    """What a folder is to note of items that come into it, once for each kind and URLs."""
    named = {item.fingerprint or _own_print(item): item for item in items}
    return [Registered(folder_id=folder_id, fingerprint=name, item_id=item.id) for name, item in named.items() if name]


def taking_place(notes: Sequence[Registered], store: Store) -> list[Save[Registered]]:
    """The writes of those notes whose place is free, or held by one that holds no more."""
    stored = store.get_many(REGISTERED, [registered_key(each.folder_id, each.fingerprint) for each in notes])
    holding = standing(stored, store)
    versions = {each.fingerprint: each for each in stored}
    free = [each for each in notes if each.fingerprint not in holding]
    return [Save(REGISTERED, _over(versions.get(each.fingerprint), each)) for each in free]


def unsaid(notes: Sequence[Registered], store: Store) -> list[Registered]:
    """Those notes that are not written down just so, whether they hold or not."""
    stored = store.get_many(REGISTERED, [registered_key(each.folder_id, each.fingerprint) for each in notes])
    said = {(each.fingerprint, each.item_id) for each in stored}
    return [each for each in notes if (each.fingerprint, each.item_id) not in said]


def note(item: Item, store: Store) -> None:
    """Note where an item lies; before the item itself is written, since a note alone does no harm."""
    each = Registered(folder_id=item.folder_id, fingerprint=item.fingerprint or _own_print(item), item_id=item.id)
    try:
        store.commit([Save(REGISTERED, each)])
    except Stale:
        store.commit([Overwrite(FURTHER, each)])


def prints_of(unit: Unit, urls: Urls) -> Urls:
    """A unit's own fingerprint, then those of its DICOM files, which may be reused one by one."""
    own = fingerprint(unit.kind, urls)
    return (own, *file_prints(urls)) if unit.kind is MediaKind.DICOM_SERIES else (own,)


def file_prints(urls: Iterable[str]) -> Urls:
    """The fingerprints of DICOM files."""
    return tuple(fingerprint(MediaKind.DICOM_FILE, [url]) for url in urls)


def own_id(unit: Unit, own: str, known: Known, job: Job) -> ItemId:
    """The id of a new unit's item, whose fingerprint is `own`."""
    return known[own].id if own in known else item_id_of(job.id, unit.row)


def file_places(unit: Unit, urls: Urls, known: Known) -> dict[str, Place]:
    """The places of a series' files by URL, as far as duplicates are skipped; those with an item are reused."""
    prints = file_prints(urls) if unit.kind is MediaKind.DICOM_SERIES else ()
    return {url: known[each] for url, each in zip(urls, prints, strict=False) if each in known}


def same_as(unit: Unit, urls: Urls, known: Known) -> Twin | None:
    """What a unit would double: its own item, or the series that have its every file (rulings 6)."""
    own, *files = prints_of(unit, urls)
    if own not in known:
        return None
    item = known[own].item
    if item is None and files and all(known[each].item is not None for each in files):
        return Twin(None)
    return None if item is None else Twin(item)


def _quick(each: str, noted: ItemId | None, items: Items, job: Job) -> Place | None:
    """The place of a fingerprint as far as two reads tell it."""
    first = first_id_of(job.folder_id, each)
    for item_id in filter(None, (noted, first)):
        if _is_there(_whole(item_id, items), job):
            return Place(items[item_id], item_id)
    return Place(None, first) if noted is None and _whole(first, items) is None else None


def _searched(each: str, job: Job, store: Store) -> Place:
    """The place of a fingerprint whose first items are gone: among further ones, or behind those that are gone.

    A file whose series is not there was written by a try that broke off, or is still at it: its id is as good as free.
    """
    further = [it.item_id for it in store.every(FURTHER, further_of(job.folder_id, each))]
    items = _with_wholes(further, store)
    for item_id in further:
        if _is_there(_whole(item_id, items), job):
            return Place(items[item_id], item_id)
    item_id = first_id_of(job.folder_id, each)
    while (whole := _whole(item_id, items := _with_wholes([item_id], store))) is not None:
        if _is_there(whole, job):
            return Place(items[item_id], item_id)
        item_id = next_id_of(item_id)
    return Place(None, item_id)


def _is_there(whole: Item | None, job: Job) -> bool:
    """Whether the folder still has an item; one that this job made counts even if it was deleted or moved meanwhile."""
    if whole is None or whole.job_id == job.id:
        return whole is not None
    return whole.folder_id == job.folder_id and whole.deleted_at is None


def _holds(note: Registered, whole: Item | None) -> bool:
    return whole is not None and whole.deleted_at is None and whole.folder_id == note.folder_id


def _whole(item_id: ItemId, items: Items) -> Item | None:
    """The item itself, or the one whose member it is: it says where both are and whether they are there."""
    item = items.get(item_id)
    return None if item is None else items.get(item.part_of or item.id)


def _with_wholes(ids: Iterable[ItemId], store: Store) -> dict[ItemId, Item]:
    items = _items(ids, store)
    return items | _items((item.part_of for item in items.values() if item.part_of is not None), store)


def _items(ids: Iterable[ItemId], store: Store) -> dict[ItemId, Item]:
    return {item.id: item for item in store.get_many(ITEMS, [item_key(each) for each in dict.fromkeys(ids)])}


def _over(stored: Registered | None, note: Registered) -> Registered:
    return note if stored is None else stored.changed(item_id=note.item_id)


def _own_print(item: Item) -> str:
    """The fingerprint of what is one file, which its record need not hold; an item without a URL has none."""
    return fingerprint(item.kind, [item.url]) if item.url else ""
