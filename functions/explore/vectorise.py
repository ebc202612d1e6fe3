"""A sentence as a vector: a function of its own, because the text model and the explorer do not fit into one."""

from typing import Annotated

from pydantic import Field

from gloss import edge, wiring
from gloss.domain.model import Value


class Sentence(Value):
    """What is to be searched for."""

    query: Annotated[str, Field(min_length=1, max_length=1000)]


class Vector(Value):
    """Its unit vector in the semantic space, and the model that made it."""

    vector: list[float]
    model_id: str


@edge.state
def handler(work: Sentence) -> Vector:
    embedder = wiring.embedder()
    return Vector(vector=list(embedder.text(work.query)), model_id=embedder.model_id)
