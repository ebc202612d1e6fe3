"""What an item is made of, page by page: the parts of a group or series, the images of a sequence."""

from typing import NamedTuple

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Malformed
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import Value
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Page, Ports, Query
from gloss.services import enrolling, filing, viewing
from gloss.services.enrolling import Span


class Source(Value):
    """One image of a sequence, by its canonical URL."""

    url: str


class _Reading(NamedTuple):
    span: Span
    next_token: str | None


def members(item_id: str, query: Query, caller: Caller, ports: Ports) -> Page[Item]:
    """The parts of a group or series in their order; raises NotFound, or Malformed for a token that is not ours.

    Of a data group, whose members lie in folders of their own, those that the caller may see.
    """
    found = filing.item(item_id, caller, Permission.RESOURCE_READ, ports.store)
    reading = _reading(query, found.member_count)
    ids = enrolling.members(found, ports.blobs, reading.span)
    if found.kind is MediaKind.DATA_GROUP:
        there = viewing.visible(list(ids), caller, ports.store)
        return Page(
            tuple(there[each] for each in found.members[slice(*reading.span)] if each in there), reading.next_token
        )
    return Page(tuple(ports.store.get_many(ITEMS, [item_key(each) for each in ids])), reading.next_token)


def sources(item_id: str, query: Query, caller: Caller, ports: Ports) -> Page[Source]:
    """The images that a sequence was made of, in their order; raises the same."""
    found = filing.item(item_id, caller, Permission.RESOURCE_READ, ports.store)
    reading = _reading(query, found.source_count)
    urls = enrolling.sources(found, ports.blobs, reading.span)
    return Page(tuple(Source(url=each) for each in urls), reading.next_token)


def _reading(query: Query, most: int) -> _Reading:
    """The lists never change, so a place in them is a key."""
    first = _place(query.after, most)
    end = min(first + query.limit, most)
    return _Reading(Span(first, end), str(end) if end < most else None)


def _place(token: str | None, most: int) -> int:
    if token is None:
        return 0
    if not token.isascii() or not token.isdigit() or int(token[:9]) > most:
        raise Malformed("The page token is not one that this list gave out.")
    return int(token[:9])
