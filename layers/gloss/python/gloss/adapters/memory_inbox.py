"""An inbox in memory: files by key, and those that are kept."""

from gloss.domain.errors import NotFound
from gloss.domain.uploads import Upload
from gloss.inbox import Arrived, Invitation


class MemoryInbox:
    """`put` is what a client does with an invitation."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.kept: set[str] = set()

    def invite(self, upload: Upload, seconds: int) -> Invitation:
        said = {} if upload.content_type is None else {"Content-Type": upload.content_type}
        return Invitation(f"https://inbox.invalid/{upload.key}?seconds={seconds}", said)

    def put(self, url: str, body: bytes) -> None:
        self.files[url.partition("?")[0].removeprefix("https://inbox.invalid/")] = body

    def arrived(self, upload: Upload) -> Arrived:
        if upload.key not in self.files:
            raise NotFound(f"Nothing has come for {upload.file_name} yet.")
        return Arrived(len(self.files[upload.key]))

    def keep(self, upload: Upload) -> None:
        self.kept.add(upload.key)
