"""Synced folders of stores whose URLs are percent-encoded: keys come in the order of the store, not of their URLs."""

from collections.abc import Iterator, Sequence

import pytest

from gloss.adapters.memory import memory_ports
from gloss.adapters.memory_media import MADE_AT, MemoryMedia
from gloss.clouds import Listed
from gloss.domain.errors import NotFound
from gloss.domain.integration import Reach
from gloss.services import filing, integrating, scanning
from gloss.services.filing import NewFolder
from gloss.services.integrating import NewS3Compatible
from gloss.services.linking import NewLink
from gloss.services.scanning import Pace
from tests.builders_clouds import a_secret
from tests.builders_register import a_custody
from tests.builders_sync import CALLER, Mirror

PREFIX = "s3://bkt/raw/"
NAMES = ("a b.txt", "a!.txt", "a%.txt", "z.txt", "é.txt")


class OtherStore(MemoryMedia):
    """Text files by raw key, listed as a store that speaks S3 lists them."""

    def __init__(self, reach: Reach, names: Sequence[str]) -> None:
        super().__init__({})
        self._reach, self.names = reach, list(names)

    def size(self, url: str) -> int:
        return len(self._object(url))

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        place, last = self._reach.prefix(prefix), self._reach.locate(after).key.encode() if after else b""
        for key in sorted((place.key + name for name in self.names), key=str.encode):
            if key.encode() > last:
                yield Listed(place.beside(key).url, 1, "etag", MADE_AT)

    def _object(self, url: str) -> bytes:
        held = {self._reach.prefix(PREFIX).beside(f"raw/{name}").url: b"x" for name in self.names}
        if url not in held:
            raise NotFound(f"There is no object at {url}.")
        return held[url]


def a_mirror_elsewhere(pace: Pace = scanning.STEADY) -> tuple[Mirror, OtherStore]:
    ports = memory_ports()
    secret = a_secret(kind="access_key", access_key_id="A" * 20, secret_access_key="s" * 40)
    wanted = NewS3Compatible(title="m", endpoint="https://store.example.com", region="eu", secret=secret)
    integration = integrating.make(wanted, CALLER, a_custody(ports))
    link = NewLink(integration_id=integration.id, url=PREFIX)
    folder = filing.make_folder(NewFolder(title="Mirror", link=link), CALLER, ports)
    media = OtherStore(integration.reach, NAMES)
    return Mirror(ports, media, folder.id, pace), media


@pytest.mark.parametrize("keys", [1, 2, 100])
def test_keys_that_urls_encode_are_synced_in_their_order(keys: int) -> None:
    mirror, _ = a_mirror_elsewhere(Pace(keys=keys))

    first, again = mirror.sync().progress.tally, mirror.sync().progress.tally

    assert (first.new, again.same, again.gone, again.new) == (len(NAMES), len(NAMES), 0, 0)


def test_a_file_whose_name_is_encoded_goes_when_it_is_gone() -> None:
    mirror, media = a_mirror_elsewhere()
    mirror.sync()
    media.names.remove("é.txt")

    gone = mirror.sync().progress.tally.gone

    assert (gone, len(mirror.items())) == (1, len(NAMES) - 1)
