"""Labels: the body of a label row. This page is what other parts may use.

body = labels.parse(raw, structure, labels.canvas_of(item))    # raises Invalid with faults
stored = labels.canonical(body); name = labels.digest(stored)  # bytes, SHA-256 in hex
for seen in labels.load(stored).on_frame(12): seen.id, seen.feature, seen.geometry.shape, seen.confidence
labels.missing(body, structure)                                # faults that forbid submitting
labels.faults(body, structure, canvas)                         # what of it cannot be, under a newer ontology too
"""

from gloss.domain.labels.body import (
    Answer,
    Appearance,
    ClassificationInstance,
    DynamicAnswer,
    LabelBody,
    ObjectInstance,
    Seen,
    SpaceLabels,
)
from gloss.domain.labels.canvas import Canvas, canvas_of
from gloss.domain.labels.checking import faults
from gloss.domain.labels.completeness import count_missing, missing
from gloss.domain.labels.geometry import Geometry
from gloss.domain.labels.long import AnyBody, LongLabels
from gloss.domain.labels.saving import Summary, canonical, digest, is_long, load, load_long, parse, stamped, summary

__all__ = [
    "Answer",
    "AnyBody",
    "Appearance",
    "Canvas",
    "ClassificationInstance",
    "DynamicAnswer",
    "Geometry",
    "LabelBody",
    "LongLabels",
    "ObjectInstance",
    "Seen",
    "SpaceLabels",
    "Summary",
    "canonical",
    "canvas_of",
    "count_missing",
    "digest",
    "faults",
    "is_long",
    "load",
    "load_long",
    "missing",
    "parse",
    "stamped",
    "summary",
]
