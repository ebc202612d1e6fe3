"""The frames that pass a preset, into a collection of a project or out of it.

A preset is kept as it comes; Gloss evaluates one whose filters are its own, as `/explore/search` takes them.
"""

from typing import NamedTuple

from pydantic import ValidationError

from gloss.domain.collections import Collection, CollectionKind
from gloss.domain.errors import Fault, IllegalAction, Invalid
from gloss.domain.explore import Filters
from gloss.domain.item_collections import Preset, said
from gloss.domain.model import CollectionId, PresetId, ProjectId
from gloss.services import assembling, collecting, exploring, presetting
from gloss.services.exploring import Desk


class Pick(NamedTuple):
    """A preset's frames for a collection."""

    project_id: ProjectId
    collection_id: CollectionId
    preset_id: PresetId


def add(pick: Pick, desk: Desk) -> None:
    """Put in all frames that pass; raises Invalid for a preset that Gloss cannot evaluate, StageLocked too early."""
    passing = _frames(pick, desk)
    assembling.rewrite(_collection(pick, desk), lambda kept: dict.fromkeys([*kept, *passing]), desk.ports)


def take_out(pick: Pick, desk: Desk) -> None:
    """Take out all frames that pass."""
    passing = set(_frames(pick, desk))
    assembling.rewrite(_collection(pick, desk), lambda kept: [it for it in kept if it not in passing], desk.ports)


def _collection(pick: Pick, desk: Desk) -> Collection:
    collection = collecting.found(pick.project_id, pick.collection_id, desk.ports.store)
    if collection.kind is CollectionKind.LABEL:
        raise IllegalAction("Presets give frames; name the labels of a collection of labels one by one.")
    return collection


def _frames(pick: Pick, desk: Desk) -> list[str]:
    """The names of all frames that pass every filter of the preset, in order."""
    preset = presetting.found(f"project:{pick.project_id}", pick.preset_id, desk.ports.store)
    passing = [
        [member.frame for member in exploring.members(pick.project_id, filters, desk)] for filters in _filters(preset)
    ]
    in_all = set(passing[0]).intersection(*passing[1:])
    return [frame for frame in passing[0] if frame in in_all]


def _filters(preset: Preset) -> list[Filters]:
    """The preset's filters; one that has none lets every frame pass."""
    found, faults = [], []
    for path, raw in said(preset.filters):
        try:
            found.append(Filters.model_validate(raw))
        except ValidationError:
            faults.append(Fault(path, "is none of the filters that /explore/search takes"))
    if faults:
        raise Invalid("Gloss cannot evaluate this preset; it only keeps it.", faults)
    return found or [Filters()]
