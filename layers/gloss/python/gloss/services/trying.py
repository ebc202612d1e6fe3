"""Trying an integration out: what it may do, and what is missing."""

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field

from gloss.clouds import Media
from gloss.domain.errors import Fault, GlossError, Invalid
from gloss.domain.integration import Integration
from gloss.domain.model import Value
from gloss.ports import Store
from gloss.services.integrating import integration
from gloss.services.registering import MediaOf

TRIAL_KEY = "gloss/.trial"


class Trial(Value):
    """What to try: to read the object of a URL, to list, and to write, under the default location or in its bucket."""

    url: str | None = Field(default=None, min_length=1, max_length=16 * 1024)
    write: bool = False
    list: bool = False


class Tried(Value):
    """What came of one attempt, and if nothing, what is missing."""

    check: Literal["secret", "read", "list", "write"]
    url: str
    ok: bool
    reason: str | None = None


def attempt(integration_id: str, trial: Trial, media_of: MediaOf, store: Store) -> list[Tried]:
    """Read, list and write as the trial says; a refusal is an answer here, not an error."""
    found = integration(integration_id, store)
    place = trial.url or found.default_location
    if place is None or not (trial.url or trial.write or trial.list):
        reason = "name a url to read, or ask to list or write under the integration's default location"
        raise Invalid(f"There is nothing to try: {reason}.", [Fault("url", reason)])
    try:
        media = media_of(found)
    except GlossError as refused:
        return [Tried(check="secret", url=place, ok=False, reason=refused.message)]
    return list(_checks(found, trial, media))


def _checks(found: Integration, trial: Trial, media: Media) -> Iterator[Tried]:
    if trial.url is not None:
        url = trial.url
        yield _tried("read", url, lambda: media.read(found.reach.locate(url).url, 0, 1))
    base = found.default_location or trial.url or ""
    if trial.list:
        yield _tried("list", base, lambda: next(media.listed(_folder(found, base), None), None))
    if trial.write:
        yield _tried("write", base, lambda: media.write(_trial_url(found, base), b"", "application/octet-stream"))


def _folder(found: Integration, base: str) -> str:
    """The default location, or the bucket of the URL."""
    place = found.reach.prefix(base)
    return place.url if found.default_location else place.beside("").url


def _trial_url(found: Integration, base: str) -> str:
    place = found.reach.prefix(base)
    return place.beside(f"{place.key if found.default_location else ''}{TRIAL_KEY}").url


def _tried(check: Literal["read", "list", "write"], url: str, act: Callable[[], object]) -> Tried:
    try:
        act()
    except GlossError as refused:
        return Tried(check=check, url=url, ok=False, reason=refused.message)
    return Tried(check=check, url=url, ok=True)
