"""Saying more of items that are registered: one of them, or up to a thousand in one request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field
from pydantic_core import to_json

from gloss.domain import metadata_schema
from gloss.domain.access import RESOURCE_ALLOWS, Caller, Permission
from gloss.domain.channels import Channels
from gloss.domain.errors import Fault, GlossError, Invalid, NotFound, Stale
from gloss.domain.loads import Load, loads
from gloss.domain.media import Item, MediaKind, Metadata
from gloss.domain.metadata_schema import Types
from gloss.domain.model import Description, FolderId, ItemId, Title, Value
from gloss.domain.told import demand_placed, retold
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Blobs, Ports, Save, Store
from gloss.services import authorising, describing, nesting
from gloss.services.stowing import stow, unstow

MOST_ITEMS = 1000
MOST_TOLD = 100
TOGETHER = Load(50, 2_000_000)
TRIES = 5


class Saying(Value):
    """What to say of one item: keys are merged, an explicit null removes one, `$encord` replaces marks on frames.

    `view` is for time series alone; an explicit null forgets the old one.
    """

    item_id: ItemId
    title: Title | None = None
    description: Description | None = None
    view: Channels | None = None
    metadata: Metadata = Field(default_factory=dict)


class Sayings(Value):
    """What to say of many items, each of them once."""

    items: tuple[Saying, ...] = Field(min_length=1, max_length=MOST_ITEMS)


class Said(Value):
    """What became of one item: changed, left as it was since nothing is new, or refused and why."""

    item_id: ItemId
    status: Literal["changed", "unchanged", "error"]
    version: int | None = None
    message: str | None = None
    errors: tuple[Fault, ...] = ()


class _Round(NamedTuple):
    """What all items of a request share: those that are there and that the caller may change, and the types."""

    items: Mapping[ItemId, Item]
    types: Types
    ports: Ports


class _Change(NamedTuple):
    saying: Saying
    item: Item


def changed(item: Item, values: Metadata, blobs: Blobs) -> tuple[Item, tuple[str, ...]]:
    """The item with more said of it, not yet saved, and warnings; the very same object when nothing is new."""
    before = unstow(item, blobs)
    after, warnings = retold(before, values)
    return (item if after == before else stow(after, blobs)), warnings


def demanded(item: Item, said: Metadata, types: Types, blobs: Blobs) -> Item:
    """The same for what a request says; raises Invalid for metadata that break the schema or have no place."""
    after, warnings = changed(item, metadata_schema.demand(said, types), blobs)
    demand_placed(warnings)
    return after


def upsert(item: Item, values: Metadata, blobs: Blobs, store: Store) -> None:
    """Merge what a row says into the item that the folder has; raises Stale when others change it all the time."""
    for _ in range(TRIES - 1):
        try:
            return _upsert(item, values, blobs, store)
        except Stale:
            item = store.get(ITEMS, item_key(item.id))
    return _upsert(item, values, blobs, store)


def retell(wanted: Sayings, caller: Caller, ports: Ports) -> list[Said]:
    """Say something of many items; each is changed or refused for itself, in the order of the request."""
    _demand_different(wanted)
    work = _round(wanted, caller, ports)
    made = [_made(each, work) for each in wanted.items]
    said = {each.item_id: each for each in made if isinstance(each, Said)}
    for chunk in loads([each for each in made if isinstance(each, _Change)], _weight, TOGETHER):
        said |= {each.item_id: each for each in _saved(chunk, work)}
    return [said[each.item_id] for each in wanted.items]


def retell_all(items: Sequence[Item], sayings: Sequence[Saying], caller: Caller, ports: Ports) -> list[Item]:
    """Say something of items that the caller may change, of all or, when one is refused, of none; answers them changed.

    Raises Invalid with the reason of each refusal, Stale when somebody else changed one meanwhile.
    """
    work = _Round({it.id: it for it in items}, describing.schema_of(caller.org_id, ports.store).types, ports)
    changes = _all_made([_made(each, work) for each in sayings])
    for chunk in loads(changes, _weight, TOGETHER):
        ports.store.commit([Save(ITEMS, each.item) for each in chunk])
    after = {**work.items, **{each.item.id: each.item for each in changes}}
    return [after[it.id] for it in items]


def _all_made(made: Sequence[_Change | Said]) -> list[_Change]:
    """What is to be saved; raises Invalid with the reason of each refusal."""
    refused = [each for each in made if isinstance(each, Said) and each.status == "error"]
    if refused:
        faults = [Fault(each.item_id, each.message or "") for each in refused[:MOST_TOLD]]
        raise Invalid(f"{len(refused)} of the items cannot be changed so.", faults)
    return [each for each in made if isinstance(each, _Change)]


def _upsert(item: Item, values: Metadata, blobs: Blobs, store: Store) -> None:
    after, _ = changed(item, values, blobs)
    if after is not item:
        store.commit([Save(ITEMS, after.changed())])


def _demand_different(wanted: Sayings) -> None:
    ids = [each.item_id for each in wanted.items]
    twice = [Fault(f"items[{at}].item_id", "names an item twice") for at, it in enumerate(ids) if it in ids[:at]]
    if twice:
        raise Invalid("An item is named at most once; say all of it in one place.", twice)


def _round(wanted: Sayings, caller: Caller, ports: Ports) -> _Round:
    found = _known([each.item_id for each in wanted.items], ports.store)
    wholes = {**found, **_known([item.part_of for item in found.values() if item.part_of], ports.store)}
    folders = {
        id_: wholes[item.part_of or id_].folder_id for id_, item in found.items() if (item.part_of or id_) in wholes
    }
    open_to = _open_folders(set(folders.values()), caller, ports.store)
    items = {id_: found[id_] for id_, folder_id in folders.items() if folder_id in open_to}
    return _Round(items, describing.schema_of(caller.org_id, ports.store).types, ports)


def _known(ids: Sequence[ItemId], store: Store) -> dict[ItemId, Item]:
    found = store.get_many(ITEMS, [item_key(each) for each in dict.fromkeys(ids)])
    return {item.id: item for item in found if item.deleted_at is None}


def _open_folders(folders: set[FolderId], caller: Caller, store: Store) -> set[FolderId]:
    """Those that are there and that the caller may change."""
    roles = authorising.roles_on(caller, [f"folder:{each}" for each in folders], store)
    allowed = {each for each in folders if roles.get(f"folder:{each}") in RESOURCE_ALLOWS[Permission.RESOURCE_ADMIN]}
    return allowed - nesting.gone(allowed, store).keys()


def _made(saying: Saying, work: _Round) -> _Change | Said:
    item = work.items.get(saying.item_id)
    try:
        if item is None:
            raise NotFound("There is no item here, or you may not change it.")
        after = _named(demanded(item, saying.metadata, work.types, work.ports.blobs), saying)
    except GlossError as refused:
        return Said(item_id=saying.item_id, status="error", message=refused.message, errors=refused.faults)
    if after is item:
        return Said(item_id=item.id, status="unchanged", version=item.version)
    return _Change(saying, after.changed(last_edited_at=work.ports.clock.now()))


def _named(item: Item, saying: Saying) -> Item:
    said = {name: value for name in ("title", "description") if (value := getattr(saying, name)) is not None}
    if "view" in saying.model_fields_set:
        said["view"] = _view_of(saying, item)
    return item if all(getattr(item, name) == value for name, value in said.items()) else item.model_copy(update=said)


def _view_of(saying: Saying, item: Item) -> Channels | None:
    if saying.view is not None and item.kind is not MediaKind.TIME_SERIES:
        reason = "only a time series has channels to draw"
        raise Invalid(f"The {item.kind.value} {item.title} cannot be shown so.", [Fault("view", reason)])
    return saying.view


def _weight(change: _Change) -> int:
    return len(to_json(change.item))


def _saved(chunk: Sequence[_Change], work: _Round) -> Iterator[Said]:
    """Together; if somebody else changed one of them meanwhile, one by one."""
    try:
        work.ports.store.commit([Save(ITEMS, each.item) for each in chunk])
        yield from (_done(each.item) for each in chunk)
    except Stale:
        yield from (_saved_alone(each, work) for each in chunk)


def _saved_alone(change: _Change, work: _Round) -> Said:
    try:
        work.ports.store.commit([Save(ITEMS, change.item)])
    except Stale as refused:
        message = f"{refused.message} Somebody else changed this item at the same time; send it again."
        return Said(item_id=change.item.id, status="error", message=message)
    return _done(change.item)


def _done(item: Item) -> Said:
    return Said(item_id=item.id, status="changed", version=item.version)
