"""Reading the body of a label row: whole, or range of frames by range of frames where it is long."""

from collections.abc import Callable

from gloss.domain import labels
from gloss.domain.labels import AnyBody, LabelBody
from gloss.domain.workflow.labelled import labels_blob
from gloss.ports import Blobs


def body_of(sha256: str | None, blobs: Blobs) -> AnyBody:
    """The labels under a digest, none where there is none; raises NotFound, or Invalid when they cannot be read."""
    return loaded(stored(sha256, blobs), blobs)


def stored(sha256: str | None, blobs: Blobs) -> bytes | None:
    """The same as it is stored, which takes little memory; None where there are no labels."""
    return None if sha256 is None else blobs.get(labels_blob(sha256))


def loaded(body: bytes | None, blobs: Blobs) -> AnyBody:
    """The labels of a stored body, or none."""
    if body is None:
        return LabelBody()
    return labels.load_long(body, part_of(blobs)) if labels.is_long(body) else labels.load(body)


def part_of(blobs: Blobs) -> Callable[[str], LabelBody]:
    """What gets one range of a long body by its digest."""
    return lambda sha256: labels.load(blobs.get(labels_blob(sha256)))
