"""Presets on the SDK's wire: those of the organisation, and those of a project; filters are kept as they come."""

from typing import Any, Final

from pydantic import Field

from gloss.domain.access import Caller, OrgRole
from gloss.domain.errors import Forbidden
from gloss.domain.item_collections import Preset
from gloss.domain.model import Description, Timestamp, Title
from gloss.ports import Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.wire import Results, Wire
from gloss.services import presetting
from gloss.services.presetting import ChangedPreset, NewPreset

NO_FOLDER: Final = "00000000-0000-0000-0000-000000000000"


class PresetsAsking(Asking):
    """Which presets; those of the organisation belong to no folder."""

    top_level_folder_uuid: str | None = None
    uuids: tuple[str, ...] = Field(default=(), max_length=1000)
    preset_uuids: tuple[str, ...] = Field(default=(), max_length=1000)
    page_size: int = Field(default=100, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)

    @property
    def named(self) -> tuple[str, ...]:
        """The ids, which the client names in two ways."""
        return self.uuids or self.preset_uuids


class PresetPayload(Wire):
    """A preset to keep."""

    name: Title
    description: Description | None = None
    filter_preset_json: dict[str, Any]

    def wanted(self) -> NewPreset:
        """In our own words."""
        return NewPreset(name=self.name, description=self.description or "", filters=self.filter_preset_json)


class PresetChange(Wire):
    """What to change of a preset."""

    name: Title | None = None
    description: Description | None = None
    filter_preset: dict[str, Any] | None = None

    def wanted(self) -> ChangedPreset:
        """In our own words; the client sends an empty description when it means none."""
        return ChangedPreset(name=self.name, description=self.description or None, filters=self.filter_preset)


class PresetDto(Wire):
    """A preset of the organisation."""

    uuid: str
    name: str
    description: str
    created_at: Timestamp
    last_updated_at: Timestamp

    @classmethod
    def of(cls, preset: Preset) -> "PresetDto":
        return cls(
            uuid=preset.id,
            name=preset.name,
            description=preset.description,
            created_at=preset.created_at,
            last_updated_at=preset.edited_at,
        )


class ProjectPresetDto(Wire):
    """A preset of a project."""

    preset_uuid: str
    name: str
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, preset: Preset) -> "ProjectPresetDto":
        return cls(preset_uuid=preset.id, name=preset.name, created_at=preset.created_at, updated_at=preset.edited_at)


def of_organisation(asking: PresetsAsking, caller: Caller, store: Store) -> Results[PresetDto]:
    """Presets of the organisation by their ids, or a page of them."""
    if asking.top_level_folder_uuid not in {None, NO_FOLDER}:
        return Results(results=[])
    found, token = _found(own(caller), asking, store)
    return Results(results=[PresetDto.of(it) for it in found], next_page_token=token)


def of_project(project_id: str, asking: PresetsAsking, store: Store) -> Results[ProjectPresetDto]:
    """Presets of a project by their ids, or a page of them."""
    found, token = _found(f"project:{project_id}", asking, store)
    return Results(results=[ProjectPresetDto.of(it) for it in found], next_page_token=token)


def own(caller: Caller) -> str:
    """Whose the presets of the caller's organisation are."""
    return f"org:{caller.org_id}"


def changeable(preset_id: str, caller: Caller, ports: Ports) -> Preset:
    """A preset of the organisation for who made it, and for Admins; raises NotFound or Forbidden."""
    preset = presetting.found(own(caller), preset_id, ports.store)
    if preset.created_by != caller.user_id and caller.org_role is not OrgRole.ADMIN:
        raise Forbidden("Who made a preset changes it, or an Admin of the organisation.")
    return preset


def _found(owner: str, asking: PresetsAsking, store: Store) -> tuple[list[Preset], str | None]:
    if asking.named:
        return presetting.named(owner, asking.named, store), None
    page = presetting.page(owner, Query(limit=asking.page_size, after=asking.page_token), store)
    return list(page.entries), page.next_token
