"""Lists of projects and ontologies as the SDK asks for them: filters by words and dates, with the caller's roles."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

from pydantic import Field, field_validator

from gloss.domain.access import Caller, OrgRole
from gloss.domain.model import Timestamp
from gloss.ports import Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.labels.filters import like
from gloss.services import finding
from gloss.services.finding import Roles

A_PAGE: Final = 50
MOST_TAGS: Final = 100


class Titled(Protocol):
    """What the filters look at."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def created_at(self) -> Timestamp: ...
    @property
    def last_edited_at(self) -> Timestamp: ...


class Chosen(Asking):
    """Which of them are wanted; `like` is SQL's, without regard to case, and dates without a zone are UTC."""

    title_eq: str | None = None
    title_like: str | None = Field(default=None, max_length=300)
    desc_eq: str | None = None
    desc_like: str | None = Field(default=None, max_length=300)
    created_before: datetime | None = None
    created_after: datetime | None = None
    edited_before: datetime | None = None
    edited_after: datetime | None = None
    include_org_access: bool = False
    tags_anyof: tuple[str, ...] = Field(default=(), max_length=MOST_TAGS)
    page_token: str | None = Field(default=None, max_length=2048)

    @field_validator("created_before", "created_after", "edited_before", "edited_after")
    @classmethod
    def in_utc(cls, moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment

    def passes(self, it: Titled) -> bool:
        """Whether a thing passes all filters but that by tags."""
        words = _said(it.title, self.title_eq, self.title_like) and _said(it.description, self.desc_eq, self.desc_like)
        dates = _between(it.created_at, self.created_after, self.created_before)
        return words and dates and _between(it.last_edited_at, self.edited_after, self.edited_before)


def a_page(word: str, asking: Chosen, caller: Caller, store: Store) -> Roles:
    """A page of one sort of resource with the caller's roles: those that the caller has a grant on.

    With `includeOrgAccess` an Admin of the organisation sees all that it has.
    """
    query = Query(limit=A_PAGE, after=asking.page_token)
    if asking.include_org_access and caller.org_role is OrgRole.ADMIN:
        return finding.roles_on_owned(word, caller, query, store)
    return finding.roles_on_granted(word, caller, query, store)


def all_pages(word: str, asking: Chosen, caller: Caller, store: Store) -> Iterator[Roles]:
    """One page after the other, for lists that the client does not page."""
    page = a_page(word, asking, caller, store)
    yield page
    while page.next_token is not None:
        page = a_page(word, asking.model_copy(update={"page_token": page.next_token}), caller, store)
        yield page


def _said(text: str, equal: str | None, pattern: str | None) -> bool:
    return (equal is None or text == equal) and (pattern is None or like(pattern)(text))


def _between(moment: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or moment > after) and (before is None or moment < before)
