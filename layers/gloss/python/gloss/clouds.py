"""What whoever reaches into customers' clouds needs of the world."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from gloss.ports import Clock, Ids, Store


@dataclass(frozen=True)
class Listed:
    """One object of a listing, by its canonical URL; `modified_at` is aware, UTC."""

    url: str
    size_bytes: int
    etag: str
    modified_at: datetime


class Media(Protocol):
    """The customers' media where they lie, read with one integration's credentials."""

    def size(self, url: str) -> int:
        """Bytes of the object; raises NotFound, Forbidden or Upstream with the URL named."""
        ...

    def read(self, url: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; short only at the end of the object."""
        ...

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        """Store an object, a file without holding all of it; raises Forbidden when the integration may not write."""
        ...

    def signed_get(self, url: str, seconds: int) -> str:
        """A URL that anybody may read for so long (at most 7 days)."""
        ...

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        """The objects whose URLs begin so (a bucket alone: all of it), in the order of their keys' bytes.

        `after` is the URL of the last one seen, so that a listing can be resumed; it need not exist any more. Raises
        NotFound for a bucket that is not there, Forbidden, or Upstream.
        """
        ...


class Vault(Protocol):
    """Where the secrets of integrations lie, each under its integration's id."""

    def put(self, name: str, secret: Mapping[str, Any]) -> None:
        """Keep the secret, in place of an earlier one of that name."""
        ...

    def get(self, name: str) -> Mapping[str, Any]:
        """The secret; raises NotFound."""
        ...

    def remove(self, name: str) -> None:
        """Forget the secret for good; one that is not there is forgotten already."""
        ...


class Gate(Protocol):
    """Which hosts outside the public internet this deployment lets integrations reach."""

    def objection(self, origin: str) -> str:
        """Why an origin (`https://host:port`) may never be reached; empty when it may."""
        ...


@dataclass(frozen=True)
class Custody:
    """The ports of whoever keeps integrations."""

    store: "Store"
    clock: "Clock"
    ids: "Ids"
    vault: Vault
    gate: Gate
