"""Presets of a project or an organisation: kept, changed, listed and thrown away."""

from typing import Any

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import NotFound
from gloss.domain.item_collections import Preset
from gloss.domain.model import Description, PresetId, Title, Value
from gloss.kinds.collections import PRESETS, preset_key, presets_of
from gloss.ports import Erase, Page, Ports, Query, Save, Store
from gloss.services import making


class NewPreset(Value):
    """Filters to keep under a name."""

    name: Title
    description: Description = ""
    filters: dict[str, Any]


class ChangedPreset(Value):
    """What to change of a preset; what is left out stays."""

    name: Title | None = None
    description: Description | None = None
    filters: dict[str, Any] | None = None


def make(owner: str, wanted: NewPreset, caller: Caller, ports: Ports) -> Preset:
    """A preset of `project:<id>` or `org:<id>`."""
    now = ports.clock.now()
    made = Preset(
        id=PresetId(ports.ids.new()),
        owner=owner,
        created_by=caller.user_id,
        created_at=now,
        edited_at=now,
        **dict(wanted),
    )
    return making.once(PRESETS, made, ports.store)


def found(owner: str, preset_id: str, store: Store) -> Preset:
    """A preset; raises NotFound."""
    preset = store.find(PRESETS, preset_key(owner, preset_id))
    if preset is None:
        raise NotFound(UNSEEN)
    return preset


def named(owner: str, preset_ids: tuple[str, ...], store: Store) -> list[Preset]:
    """Those of the presets that there are."""
    return store.get_many(PRESETS, [preset_key(owner, each) for each in preset_ids])


def page(owner: str, query: Query, store: Store) -> Page[Preset]:
    """A page of presets."""
    return store.page(PRESETS, presets_of(owner), query)


def change(preset: Preset, wanted: ChangedPreset, ports: Ports) -> Preset:
    """Its next version."""
    said = {name: value for name, value in wanted if value is not None}
    changed = preset.changed(**said, edited_at=ports.clock.now())
    ports.store.commit([Save(PRESETS, changed)])
    return changed


def drop(preset: Preset, store: Store) -> None:
    """Throw a preset away."""
    store.commit([Erase(PRESETS, preset)])
