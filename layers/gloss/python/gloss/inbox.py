"""What whoever takes in uploaded files needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from gloss.domain.uploads import Upload


@dataclass(frozen=True)
class Invitation:
    """Where to PUT a file, and the headers that the request must have."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Arrived:
    """What came: so many bytes, and the type that the client said."""

    size_bytes: int
    content_type: str | None = None


class Inbox(Protocol):
    """Files that people put into Gloss's own bucket; what is not kept is given up after some days."""

    def invite(self, upload: Upload, seconds: int) -> Invitation:
        """One PUT, of exactly the announced size and type where these were announced, once, for so long."""
        ...

    def arrived(self, upload: Upload) -> Arrived:
        """The file that came; raises NotFound while nothing has come."""
        ...

    def keep(self, upload: Upload) -> None:
        """Let the file stay for good; repeating it changes nothing."""
        ...
