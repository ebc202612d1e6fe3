"""What pictures need of the world: frames as pixels, thumbnails, vectors, a map."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from numpy import float32, float64, uint8
    from numpy.typing import NDArray

    from gloss.domain.decoding import Read
    from gloss.domain.embedding import Embedded
    from gloss.domain.units import Unit


class TextEmbedder(Protocol):
    """Words to a vector."""

    def text(self, query: str) -> Sequence[float]:
        """The unit vector of a sentence in the semantic space; raises Upstream when the model does not answer."""
        ...


class Embedder(TextEmbedder, Protocol):
    """Images to vectors, besides; the id names the models, so that vectors of different ones are never compared."""

    @property
    def model_id(self) -> str: ...

    def images(self, images: "Sequence[NDArray[uint8]]") -> "Embedded":
        """Unit vectors of RGB images, shape (height, width, 3), in the visual and the semantic space."""
        ...


class Decoder(Protocol):
    """Frames of the customers' media as pixels."""

    def frames(self, unit: "Unit") -> "Iterator[Read]":
        """One answer for each wanted frame, in no particular order; a frame that fails raises nothing."""
        ...


class Thumbnails(Protocol):
    """Small pictures of frames."""

    def make(self, pixels: "NDArray[uint8]") -> bytes:
        """A JPEG of at most 256 pixels a side."""
        ...

    def read(self, jpeg: bytes) -> "NDArray[uint8]":
        """The pixels of a thumbnail; raises Invalid when it is broken."""
        ...


class Mapper(Protocol):
    """Many dimensions to two."""

    def flat(self, vectors: "NDArray[float32]") -> "NDArray[float64]":
        """A place (x, y) for every unit row, near to those of its neighbours; the same rows give the same places."""
        ...
