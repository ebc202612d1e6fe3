"""What may be labelled: the structure of an ontology, and the looking-up of its features.

The JSON names are those of the public format (`featureNodeHash`); inside we say `feature`. Hashes, ids and colours
that came with a structure are kept as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.model import Description, OntologyId, OrgId, ProjectId, Timestamp, Title, UserId, Value, Versioned
from gloss.domain.parsing import demand_shallow, parsed

FeatureHash = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=_-]{8}$")]
NestedId = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
DEEPEST = 7
#: Levels of JSON; seven levels of attributes take some thirty.
MOST_LEVELS = 64


class Shape(StrEnum):
    """How an object is drawn; the last four have ranges instead of a geometry."""

    BOUNDING_BOX = "bounding_box"
    ROTATABLE_BOUNDING_BOX = "rotatable_bounding_box"
    POLYGON = "polygon"
    POLYLINE = "polyline"
    POINT = "point"
    SKELETON = "skeleton"
    BITMASK = "bitmask"
    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    CUBOID = "cuboid"
    CUBOID_2D = "cuboid_2d"
    AUDIO = "audio"
    TEXT = "text"
    TIME_RANGE = "time_range"
    SEGMENTATION = "segmentation"


RANGED = frozenset({Shape.AUDIO, Shape.TEXT, Shape.TIME_RANGE, Shape.SEGMENTATION})


class Feature(Value):
    """Anything of an ontology that has a hash."""

    feature: FeatureHash = Field(alias="featureNodeHash")
    archived: bool = False


class FlatOption(Feature):
    """A choice of a checklist."""

    id: NestedId
    label: Name
    value: Name


class RadioOption(FlatOption):
    """A choice of a radio, which may open further attributes."""

    options: tuple["Attribute", ...] = ()


class Asked(Feature):
    """What every attribute has; a dynamic one may change from frame to frame."""

    id: NestedId
    name: Name
    required: bool = False
    dynamic: bool = False


class RadioAttribute(Asked):
    """Answered by exactly one option."""

    type: Literal["radio"]
    options: tuple[RadioOption, ...] = ()


class ChecklistAttribute(Asked):
    """Answered by any of the options."""

    type: Literal["checklist"]
    options: tuple[FlatOption, ...] = ()


class TextAttribute(Asked):
    """Answered in words."""

    type: Literal["text"]


class NumericAttribute(Asked):
    """Answered by a number."""

    type: Literal["numeric"]


Attribute = Annotated[
    RadioAttribute | ChecklistAttribute | TextAttribute | NumericAttribute, Field(discriminator="type")
]


class ObjectClass(Feature):
    """A class of objects, all drawn in one shape."""

    id: NestedId
    name: Name
    color: Color
    shape: Shape
    required: bool = False
    attributes: tuple[Attribute, ...] = ()


class Classification(Feature):
    """A question about frames, or with level `global` about the whole data unit; it has exactly one attribute."""

    id: NestedId
    level: Literal["global"] | None = None
    required: bool = False
    attributes: Annotated[tuple[Attribute, ...], Field(min_length=1, max_length=1)]

    @property
    def attribute(self) -> Attribute:
        return self.attributes[0]


class SkeletonTemplate(Value):
    """The vertices and edges that a skeleton object is drawn with."""

    template: dict[str, JsonValue]


class Structure(Value):
    """Everything that an ontology lets one label."""

    objects: tuple[ObjectClass, ...] = ()
    classifications: tuple[Classification, ...] = ()
    skeleton_templates: tuple[SkeletonTemplate, ...] = ()

    @cached_property
    def features(self) -> dict[str, "Known"]:
        """Every feature by its hash, in the order of the structure."""
        return {known.feature.feature: known for known in known_features(self)}

    def feature(self, hash_: str) -> "Known":
        """The feature of this hash, with where it stands; raises NotFound."""
        try:
            return self.features[hash_]
        except KeyError:
            raise NotFound(f"The ontology has no feature {hash_}.") from None


@dataclass(frozen=True)
class Known:
    """A feature where it stands: under which root, within which attribute and option, how deep (root attributes: 1)."""

    feature: ObjectClass | Classification | Attribute | RadioOption | FlatOption
    root: ObjectClass | Classification
    attribute: FeatureHash | None = None
    option: FeatureHash | None = None
    dynamic: bool = False
    depth: int = 0
    path: str = ""


class Ontology(Versioned):
    """A structure under a title, owned by an organisation."""

    id: OntologyId
    org_id: OrgId
    title: Title
    description: Description = ""
    structure: Structure
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp


class OntologyUse(Value):
    """A project works by an ontology; it does so for ever."""

    ontology_id: OntologyId
    project_id: ProjectId


def known_features(structure: Structure) -> Iterator[Known]:
    """Every feature of the structure, parents before children."""
    roots: dict[str, tuple[ObjectClass | Classification, ...]] = {
        "objects": structure.objects,
        "classifications": structure.classifications,
    }
    for place, classes in roots.items():
        for position, root in enumerate(classes):
            top = Known(feature=root, root=root, path=f"{place}[{position}]")
            yield top
            yield from _attributes(root.attributes, top, "attributes")


def _attributes(attributes: tuple[Attribute, ...], parent: Known, place: str) -> Iterator[Known]:
    for position, attribute in enumerate(attributes):
        known = Known(
            feature=attribute,
            root=parent.root,
            option=parent.feature.feature if place == "options" else None,
            dynamic=parent.dynamic if place == "options" else attribute.dynamic,
            depth=parent.depth + 1,
            path=f"{parent.path}.{place}[{position}]",
        )
        yield known
        yield from _options(known)


def _options(attribute: Known) -> Iterator[Known]:
    for position, option in enumerate(getattr(attribute.feature, "options", ())):
        known = Known(
            feature=option,
            root=attribute.root,
            attribute=attribute.feature.feature,
            dynamic=attribute.dynamic,
            depth=attribute.depth,
            path=f"{attribute.path}.options[{position}]",
        )
        yield known
        yield from _attributes(getattr(option, "options", ()), known, "options")


def parse(raw: object, path: str = "structure") -> Structure:
    """A structure from its JSON; raises Invalid on what is malformed, doubled, too deep (over 7) or wrongly dynamic."""
    demand_shallow(raw, MOST_LEVELS, path)
    structure = parsed(Structure, raw, path)
    found = [Fault(f"{path}.{fault.path}", fault.reason) for fault in _faults(structure)]
    if found:
        raise Invalid("The structure breaks the rules of ontologies; see the errors.", found)
    return structure


def _faults(structure: Structure) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for known in known_features(structure):
        hash_ = known.feature.feature
        if hash_ in seen:
            yield Fault(f"{known.path}.featureNodeHash", f"{hash_} is already the hash of {seen[hash_]}")
        seen.setdefault(hash_, known.path)
        yield from _misplaced(known)


def _misplaced(known: Known) -> Iterator[Fault]:
    if known.depth > DEEPEST:
        yield Fault(known.path, f"attributes may be nested {DEEPEST} levels deep, this is level {known.depth}")
    if isinstance(known.root, Classification) and getattr(known.feature, "dynamic", False):
        yield Fault(f"{known.path}.dynamic", "only attributes of objects may be dynamic")


def demand_kept(before: Structure, after: Structure) -> None:
    """Raises Invalid where a hash that labels may use already comes to mean another sort of thing."""
    changed = [
        Fault(f"structure.{known.path}", f"{hash_} was {_sort_of(before.features[hash_])}, labels may hold it as such")
        for hash_, known in after.features.items()
        if hash_ in before.features and _sort_of(before.features[hash_]) != _sort_of(known)
    ]
    if changed:
        raise Invalid("A feature cannot become another sort of thing; archive it and add a new one.", changed)


def _sort_of(known: Known) -> str:
    feature = known.feature
    if isinstance(feature, ObjectClass):
        return f"an object drawn as {feature.shape}"
    if isinstance(feature, Classification):
        return f"a {feature.level} classification" if feature.level else "a classification of frames"
    return f"a {getattr(feature, 'type', 'choice')} {'dynamic ' if known.dynamic else ''}of {known.root.feature}"
