"""COCO, written in one pass: images and annotations as two streams of lines, numbered from 0 in each batch.

Batches are written side by side; `renumbered_…` then move a part's ids behind those of the batches before it, and the
parts are joined as they are between `head`, MIDDLE and TAIL.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

from gloss.domain.formats.coco_answers import Flattening
from gloss.domain.formats.coco_shapes import Size, drawn
from gloss.domain.formats.facts import FRAMED, GROUPS, Counts, RowFacts, SpaceFacts, UnitFacts, member_id
from gloss.domain.labels.body import ClassificationInstance, ObjectInstance, Seen, SpaceLabels
from gloss.domain.labels.long import AnyBody, AnyPage, Framed, labelled_frames
from gloss.domain.media import MediaKind
from gloss.domain.ontology import ObjectClass, Shape, Structure

Json = dict[str, Any]
MIDDLE: Final = b'],\n"annotations":['
TAIL: Final = b"]}\n"
PICTURES_AT_ONCE: Final = 1000
SAID_HELD: Final = 4096
UNSEEN: Final = frozenset({MediaKind.AUDIO, MediaKind.TEXT, MediaKind.TIME_SERIES, MediaKind.PDF, MediaKind.DATA_GROUP})
_IMAGE = re.compile(rb'\{"id":(\d+),"coco_url":')
_ANNOTATION = re.compile(rb'\{"id":(\d+),"image_id":(\d+),"attributes":\{"track_id":(\d+),')


class Category:
    """A class of objects as COCO shows it."""

    def __init__(self, number: int, class_: ObjectClass) -> None:
        self.number, self._class = number, class_
        self.answers = Flattening(class_.attributes)

    def as_dict(self) -> Json:
        """The category's entry."""
        point = {"keypoints": "keypoint", "skeleton": []} if self._class.shape is Shape.POINT else {}
        shape = self._class.shape.value
        return {"supercategory": shape, "id": self.number, "name": self._class.name, **point}


class CocoWriter:
    """Writes the rows of one batch; ids begin at 0, `counts` says how many were given."""

    def __init__(self, structure: Structure, *, compat: bool = False) -> None:
        self._compat = compat
        shown = (each for each in structure.objects if each.shape not in (Shape.AUDIO, Shape.TEXT, Shape.TIME_RANGE))
        self._categories = {each.feature: Category(number, each) for number, each in enumerate(shown, start=1)}
        self._questions = {each.feature: Flattening(each.attributes) for each in structure.classifications}
        self._tracks: dict[tuple[str, str], int] = {}
        self._said: dict[str, Json] = {}
        self._images = self._annotations = 0

    @property
    def counts(self) -> Counts:
        return Counts(images=self._images, annotations=self._annotations, tracks=len(self._tracks))

    def head(self, description: str | None) -> bytes:
        """The file's beginning, up to the first image."""
        empty = dict.fromkeys(("contributor", "date_created", "url", "version", "year"))
        opening = {"info": {"description": description, **empty}}
        categories = [category.as_dict() for category in self._categories.values()]
        return to_json({**opening, "categories": categories})[:-1] + b',\n"images":['

    def lines(self, body: AnyBody, row: RowFacts) -> Iterator[tuple[bytes, bytes]]:
        """The images and the annotations of one row, some at a time, each line with a comma before it.

        A data group's are those of its members, each with what is said of the group as a whole.
        """
        yield from self._lines(body, row)
        whole = tuple(body.classifications) if row.spaces else ()
        for space in row.spaces:
            page = body.spaces.get(space.unit.data_id, SpaceLabels())
            yield from self._lines(_WithWhole(page, whole), _row_of(row, space))

    def _lines(self, body: Framed, row: RowFacts) -> Iterator[tuple[bytes, bytes]]:
        self._said = {}
        images, annotations = list[Json](), list[Json]()
        for unit, frame in _pictures(body, row):
            images.append(self._image(body, row, unit, frame))
            annotations.extend(self._annotated(body, row, unit, frame))
            self._images += 1
            if len(images) == PICTURES_AT_ONCE:
                yield _lines(images), _lines(annotations)
                images, annotations = [], []
        if images:
            yield _lines(images), _lines(annotations)

    def _image(self, body: Framed, row: RowFacts, unit: UnitFacts, frame: int) -> Json:
        size = {"height": unit.height_px or 0, "width": unit.width_px or 0}
        image = {"id": self._images, "coco_url": unit.link, **_named(row, unit, frame), **size}
        if row.kind is MediaKind.DICOM_SERIES and frame < len(unit.slices):
            slice_ = unit.slices[frame]
            image |= {"coco_url": slice_.url, "height": slice_.height_px, "width": slice_.width_px}
        answers = {} if self._compat else self._answered(body, frame)
        return {**image, "encord_classifications": answers} if answers else image

    def _answered(self, body: Framed, frame: int) -> Json:
        said: Json = {}
        for each in body.classifications_on(frame):
            said |= self._questions[each.feature].answered(each.answers)
        return said

    def _annotated(self, body: Framed, row: RowFacts, unit: UnitFacts, frame: int) -> Iterator[Json]:
        size = Size(width_px=unit.width_px or 0, height_px=unit.height_px or 0, compat=self._compat)
        for seen in body.on_frame(frame):
            shape = drawn(seen.geometry, size)
            if shape is not None:
                yield self._annotation(seen, shape, frame, row.label_id)
                self._annotations += 1

    def _flat(self, instance: ObjectInstance, frame: int = 0) -> Json:
        category = self._categories.get(instance.feature)
        return category.answers.answered(instance.answers_on(frame)) if category else {}

    def _answers(self, instance: ObjectInstance, frame: int) -> Json:
        """What is said of an object on a frame; what is the same on all is told once for neighbouring frames."""
        if instance.dynamic:
            return self._flat(instance, frame)
        if instance.id not in self._said:
            if len(self._said) >= SAID_HELD:
                self._said.clear()
            self._said[instance.id] = self._flat(instance)
        return self._said[instance.id]

    def _annotation(self, seen: Seen, shape: Json, frame: int, label_id: str) -> Json:
        category = self._categories[seen.feature]
        track = self._tracks.setdefault((label_id, seen.id), len(self._tracks))
        turned = {"rotation": shape.pop("rotation")} if "rotation" in shape else {}
        return {
            "id": self._annotations,
            "image_id": self._images,
            "attributes": {
                "track_id": track,
                "encord_track_uuid": seen.id,
                **turned,
                "classifications": self._answers(seen.instance, frame),
                "manual_annotation": seen.appearance.manual,
            },
            "category_id": category.number,
            **shape,
        }


def renumbered_images(part: bytes, before: Counts) -> bytes:
    """Lines of images with their ids moved behind what comes `before`."""
    return _IMAGE.sub(lambda found: b'{"id":%d,"coco_url":' % (int(found[1]) + before.images), part)


def renumbered_annotations(part: bytes, before: Counts) -> bytes:
    """Lines of annotations with their own, their image's and their track's ids moved behind what comes `before`."""

    def moved(found: re.Match[bytes]) -> bytes:
        ids = (int(found[1]) + before.annotations, int(found[2]) + before.images, int(found[3]) + before.tracks)
        return b'{"id":%d,"image_id":%d,"attributes":{"track_id":%d,' % ids

    return _ANNOTATION.sub(moved, part)


def opening(part: bytes) -> bytes:
    """The first part of a list, which has no comma before its first line."""
    return part.removeprefix(b",")


def _lines(entries: list[Json]) -> bytes:
    return b"".join(b",\n" + to_json(entry) for entry in entries)


@dataclass(frozen=True)
class _WithWhole:
    """A page of a group with the answers about the whole group on each of its frames."""

    page: AnyPage
    whole: tuple[ClassificationInstance, ...]

    @property
    def classifications(self) -> Iterable[ClassificationInstance]:
        return self.page.classifications

    @property
    def frames(self) -> Iterable[int]:
        return self.page.frames

    def on_frame(self, frame: int) -> tuple[Seen, ...]:
        return self.page.on_frame(frame)

    def classifications_on(self, frame: int) -> tuple[ClassificationInstance, ...]:
        return (*self.whole, *self.page.classifications_on(frame))


def _row_of(row: RowFacts, space: SpaceFacts) -> RowFacts:
    """A space as a row of its own; each image of a group and each frame of a sequence is a picture."""
    unit, frames = space.unit, range(space.frames or 0) if space.kind in GROUPS else ()
    each = tuple(unit.model_copy(update={"data_id": member_id(unit.data_id, at), "sequence": at}) for at in frames)
    return row.model_copy(update={"kind": space.kind, "units": each or (unit,), "spaces": ()})


def _pictures(body: Framed, row: RowFacts) -> Iterator[tuple[UnitFacts, int]]:
    """Every picture that a row shows: images always, frames when they hold a label."""
    if row.kind in UNSEEN or not row.units:
        return
    if row.kind in FRAMED:
        yield from ((row.units[0], frame) for frame in labelled_frames(body))
    else:
        yield from ((unit, unit.sequence) for unit in row.units)


def _named(row: RowFacts, unit: UnitFacts, frame: int) -> Json:
    if row.kind is MediaKind.VIDEO:
        return {"video_title": unit.title, "file_name": f"videos/{unit.data_id}/{frame}.jpg"}
    if row.kind is MediaKind.NIFTI:
        return {"file_name": f"nifti/{unit.data_id}/{frame}"}
    if row.kind not in GROUPS and row.kind is not MediaKind.IMAGE:
        uid = unit.slices[frame].instance_uid if frame < len(unit.slices) else str(frame)
        return {"file_name": f"dicom/{unit.data_id}/{uid}"}
    extension = unit.title.rpartition(".")[2]
    return {"image_title": unit.title, "file_name": f"images/{unit.data_id}.{extension}"}
