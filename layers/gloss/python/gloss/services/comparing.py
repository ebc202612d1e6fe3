"""Comparing a save of labels with the one before it: by whoever asks first, out of the two bodies that are kept.

What was found is kept in chunks, the first of which is written last: where it is, all are. Of a long body objects are
compared on their first frames alone, so that no body of any length is held whole; one of very many labels is not.
"""

from collections.abc import Sequence
from typing import Final

from gloss.domain.errors import NotFound
from gloss.domain.labels import AnyBody
from gloss.domain.labels.differing import Edit, edits
from gloss.domain.labels.long import comparable, too_many_to_compare
from gloss.domain.workflow.labelled import LabelSave
from gloss.kinds.workflow import LABEL_SAVES, label_save_key
from gloss.ports import Blobs, Ports
from gloss.services import leafing

CHUNK: Final = 1_000


def edits_from(save: LabelSave, number: int, ports: Ports) -> list[Edit]:
    """What the save did, from its edit of that number (0 is the first) to the end of its chunk; empty: no more."""
    chunk = _chunk(save, number // CHUNK, ports)
    return chunk[number % CHUNK :]


def _chunk(save: LabelSave, number: int, ports: Ports) -> list[Edit]:
    try:
        return [Edit.model_validate_json(line) for line in ports.blobs.get(_place(save, number)).splitlines()]
    except NotFound:
        return _compared(save, ports)[:CHUNK] if number == 0 else []


def _compared(save: LabelSave, ports: Ports) -> list[Edit]:
    before = _before(save, ports)
    same = before is not None and before.sha256 == save.sha256
    bodies = [] if same else [_body(before, ports.blobs), _body(save, ports.blobs)]
    found = [] if same or too_many_to_compare(bodies) else list(edits(*comparable(bodies)))
    for start in reversed(range(0, max(len(found), 1), CHUNK)):
        _keep(save, start // CHUNK, found[start : start + CHUNK], ports.blobs)
    return found


def _keep(save: LabelSave, number: int, chunk: Sequence[Edit], blobs: Blobs) -> None:
    lines = "".join(f"{edit.model_dump_json(exclude_defaults=True)}\n" for edit in chunk)
    blobs.put(_place(save, number), lines.encode(), "application/x-ndjson")


def _before(save: LabelSave, ports: Ports) -> LabelSave | None:
    if save.row_version <= 1:
        return None
    return ports.store.get(LABEL_SAVES, label_save_key(save.task_id, save.row_version - 1))


def _body(save: LabelSave | None, blobs: Blobs) -> AnyBody:
    return leafing.body_of(save.sha256 if save else None, blobs)


def _place(save: LabelSave, number: int) -> str:
    return f"edits/{save.task_id}/{save.row_version:08}/{number:05}.ndjson"
