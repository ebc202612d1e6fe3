"""What whoever takes in uploaded files needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from gloss.domain.uploads import Upload


@dataclass(frozen=True)
class Invitation:
    """Where to PUT a file, and the headers that the request must have."""

    url: str
    headers: dict[str, str]


class Inbox(Protocol):
    """Files that people put into Gloss's own bucket; what is not kept is given up after some days."""

    def invite(self, upload: Upload, seconds: int) -> Invitation:
        """One PUT of exactly the announced size and type, once, for so long."""
        ...

    def size(self, upload: Upload) -> int:
        """Bytes of the file that came; raises NotFound while nothing has come."""
        ...

    def keep(self, upload: Upload) -> None:
        """Let the file stay for good; repeating it changes nothing."""
        ...
