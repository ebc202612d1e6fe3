"""Reading the body of a label row: whole, or range of frames by range of frames where it is long."""

from collections.abc import Callable

from gloss.domain import labels
from gloss.domain.labels import AnyBody, LabelBody
from gloss.domain.workflow.labelled import labels_blob
from gloss.ports import Blobs


def body_of(sha256: str | None, blobs: Blobs) -> AnyBody:
    """The labels under a digest, none where there is none; raises NotFound, or Invalid when they cannot be read."""
    if sha256 is None:
        return LabelBody()
    stored = blobs.get(labels_blob(sha256))
    if not labels.is_long(stored):
        return labels.load(stored)
    return labels.load_long(stored, part_of(blobs))


def part_of(blobs: Blobs) -> Callable[[str], LabelBody]:
    """What gets one range of a long body by its digest."""
    return lambda sha256: labels.load(blobs.get(labels_blob(sha256)))
