"""Labels of any length, hauled in as many steps as it takes."""

from typing import Any

from gloss.domain.labels import LongLabels
from gloss.domain.labels.cutting import Terms
from gloss.ports import Blobs
from gloss.services.hauling import Hauling

UPLOAD = "tmp/labels/row/upload.json"


def hauled(text: bytes, terms: Terms, blobs: Blobs, **sizes: Any) -> LongLabels:
    """The labels of an upload, a step after the other, each by a haul that knows nothing of those before."""
    blobs.put(UPLOAD, text)
    stand = a_haul(terms, blobs, **sizes).begun()
    while stand.next != "head":
        number = a_haul(terms, blobs, **sizes).step(stand).number
        stand = a_haul(terms, blobs, **sizes).stand(number)
    return a_haul(terms, blobs, **sizes).labels(stand)


def a_haul(terms: Terms, blobs: Blobs, **sizes: Any) -> Hauling:
    return Hauling(UPLOAD, "tmp/hauls/job/", terms, blobs, **sizes)
