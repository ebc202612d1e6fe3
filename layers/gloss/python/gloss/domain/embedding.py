"""What an embedding model answers for images: one vector a space, and a model id so that spaces are never mixed."""

from enum import StrEnum
from typing import NamedTuple

from gloss.domain.metrics.vectors import Vectors


class Space(StrEnum):
    """The vector spaces of an index: how an image looks, and what it shows in words' terms."""

    VISUAL = "visual"
    SEMANTIC = "semantic"


class Embedded(NamedTuple):
    """Unit rows of both spaces, one row an image."""

    visual: Vectors
    semantic: Vectors
