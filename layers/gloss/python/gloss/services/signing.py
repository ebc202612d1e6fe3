"""Items with their members, and the links under which their files can be read."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from gloss.domain.errors import Conflict, Forbidden, NotFound
from gloss.domain.integration import Integration
from gloss.domain.media import Item
from gloss.kinds.register import INTEGRATIONS, ITEMS, integration_key, item_key
from gloss.ports import Media, Ports, Store
from gloss.services import enrolling

MEMBERS_AT_ONCE: Final = 1000
SIGNED_SECONDS: Final = 7 * 86_400
Link = Callable[[Item], str]
MediaOf = Callable[[Integration | None], Media]


def files(item: Item, link: Link, ports: Ports) -> Iterator[tuple[Item, str]]:
    """Each member and its link, or the item's own; some members at a time, since there may be 200 000."""
    if not item.member_count:
        yield item, link(item)
    yield from ((member, link(member)) for member in members(item, ports))


def members(item: Item, ports: Ports) -> Iterator[Item]:
    """The parts of a group or series in their order, read some at a time."""
    ids = enrolling.members(item, ports.blobs)
    while some := list(islice(ids, MEMBERS_AT_ONCE)):
        yield from ports.store.get_many(ITEMS, [item_key(id_) for id_ in some])


def plain_link(item: Item) -> str:
    """Where the item was registered from."""
    return item.url or ""


class Signing:
    """Links that anybody may read for seven days, signed with each item's own integration; plain where none can be."""

    def __init__(self, store: Store, media_of: MediaOf) -> None:
        self._store, self._media_of = store, media_of
        self._media: dict[str | None, Media] = {}

    def __call__(self, item: Item) -> str:
        if not item.url:
            return ""
        try:
            return self._media_for(item.integration_id).signed_get(item.url, SIGNED_SECONDS)
        except (NotFound, Forbidden, Conflict):
            return item.url

    def _media_for(self, id_: str | None) -> Media:
        """Never Gloss's own where an integration is named; raises NotFound when that is gone."""
        if id_ not in self._media:
            integration = self._store.get(INTEGRATIONS, integration_key(id_)) if id_ else None
            self._media[id_] = self._media_of(integration)
        return self._media[id_]
