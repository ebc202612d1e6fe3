"""Which URLs a folder has already: what `skip_duplicate_urls` asks."""

from collections.abc import Iterable, Mapping, Sequence

from gloss.domain.job import Job
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.units import Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, ItemId
from gloss.domain.registering import Registered
from gloss.kinds.register import ITEMS, REGISTERED, item_key, registered_key
from gloss.ports import Save, Store

Known = Mapping[str, Item]


def known_items(units: Iterable[tuple[Unit, tuple[str, ...]]], job: Job, store: Store) -> Known:
    """Items of the job's folder by fingerprint of the units at their canonical URLs; none unless the job skips them."""
    if not job.skip_duplicate_urls:
        return {}
    prints = sorted({each for unit, urls in units for each in prints_of(unit, urls)})
    return items_with(prints, job.folder_id, store)


def items_with(prints: Iterable[str], folder_id: FolderId, store: Store) -> dict[str, Item]:
    """Items of a folder by fingerprint; those that were deleted or moved elsewhere do not count."""
    return standing(store.get_many(REGISTERED, [registered_key(folder_id, each) for each in prints]), store)


def standing(notes: Sequence[Registered], store: Store) -> dict[str, Item]:
    """The items of those notes that still hold, by fingerprint; a member stands and lies where its whole does."""
    items = {item.id: item for item in store.get_many(ITEMS, [item_key(each.item_id) for each in notes])}
    parts = dict.fromkeys(item.part_of for item in items.values() if item.part_of is not None)
    wholes = items | {item.id: item for item in store.get_many(ITEMS, [item_key(id_) for id_ in parts])}

    def whole(note: Registered) -> Item | None:
        item = items.get(note.item_id)
        return None if item is None else wholes.get(item.part_of or item.id)

    return {each.fingerprint: items[each.item_id] for each in notes if _holds(each, whole(each))}


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


def place_for(note: Registered, store: Store) -> tuple[Registered, Item | None]:
    """The note in its place, over one that holds no more; and the item of the one that holds, if there is such."""
    stored = store.find(REGISTERED, registered_key(note.folder_id, note.fingerprint))
    return _over(stored, note), standing([stored], store).get(note.fingerprint) if stored else None


def prints_of(unit: Unit, urls: tuple[str, ...]) -> tuple[str, ...]:
    """A unit's own fingerprint, then those of its DICOM files, which may be reused one by one."""
    own = fingerprint(unit.kind, urls)
    return (own, *file_prints(urls)) if unit.kind is MediaKind.DICOM_SERIES else (own,)


def file_prints(urls: Iterable[str]) -> tuple[str, ...]:
    """The fingerprints of DICOM files."""
    return tuple(fingerprint(MediaKind.DICOM_FILE, [url]) for url in urls)


def reusable(unit: Unit, urls: tuple[str, ...], known: Known) -> dict[str, Item]:
    """The files of a series that the folder has already, by URL."""
    if unit.kind is not MediaKind.DICOM_SERIES:
        return {}
    return {url: known[each] for url, each in zip(urls, file_prints(urls), strict=True) if each in known}


def same_as(unit: Unit, urls: tuple[str, ...], known: Known) -> Item | None:
    """The item that a unit would double: its own, or for a series whose every file is there, the first file's."""
    own, *files = prints_of(unit, urls)
    if own in known:
        return known[own]
    return known[files[0]] if files and all(each in known for each in files) else None


def registered(items: Iterable[Item], unit: Unit, urls: tuple[str, ...]) -> list[Registered]:
    """What is noted with new items: the unit's fingerprint and those of its new DICOM files."""
    *members, visible = items
    notes = [_note(visible, fingerprint(unit.kind, urls), visible.id)]
    files = (member for member in members if member.kind is MediaKind.DICOM_FILE and member.url)
    return notes + [_note(file, fingerprint(file.kind, [file.url or ""]), file.id) for file in files]


def _over(stored: Registered | None, note: Registered) -> Registered:
    return note if stored is None else stored.changed(item_id=note.item_id)


def _own_print(item: Item) -> str:
    """The fingerprint of a file that was registered as a part of a series; an item without a URL has none."""
    return fingerprint(item.kind, [item.url]) if item.url else ""


def _holds(note: Registered, whole: Item | None) -> bool:
    return whole is not None and whole.deleted_at is None and whole.folder_id == note.folder_id


def _note(item: Item, each: str, item_id: ItemId) -> Registered:
    return Registered(folder_id=item.folder_id, fingerprint=each, item_id=item_id)
