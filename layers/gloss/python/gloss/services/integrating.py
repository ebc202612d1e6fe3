"""Cloud integrations: making, showing and trying them."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import Fault, GlossError, Invalid
from gloss.domain.integration import Integration, Location, RoleArn
from gloss.domain.locations import locate
from gloss.domain.model import IntegrationId, Title, Value
from gloss.kinds.register import INTEGRATIONS, integration_key
from gloss.ports import Media, Ports, Store
from gloss.services import making
from gloss.services.authorising import founding_grants
from gloss.services.registering import MediaOf

TRIAL_FILE = "gloss/.trial"


class NewIntegration(Value):
    """An integration to make; without a role the deployment's own one reads the media."""

    title: Title
    provider: Literal["aws"] = "aws"
    default_location: Location | None = None
    role_arn: RoleArn | None = None


class Trial(Value):
    """What to try: to read the object of a URL, and to write under the default location."""

    url: str | None = Field(default=None, min_length=1, max_length=16 * 1024)
    write: bool = False


class Tried(Value):
    """What came of one attempt, and if nothing, why."""

    check: Literal["read", "write"]
    url: str
    ok: bool
    reason: str | None = None


def make(wanted: NewIntegration, caller: Caller, ports: Ports) -> Integration:
    """An integration with the caller as its Admin.

    Nobody chooses its external id: who could give another tenant's would be lent that tenant's role.
    """
    now = ports.clock.now()
    made = Integration(
        id=IntegrationId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        provider=wanted.provider,
        default_location=wanted.default_location,
        role_arn=wanted.role_arn,
        external_id=f"gloss-{ports.ids.new()}",
        created_by=caller.user_id,
        created_at=now,
    )
    return making.once(INTEGRATIONS, made, ports.store, founding_grants(f"integration:{made.id}", caller, now))


def integration(integration_id: str, store: Store) -> Integration:
    """An integration; raises NotFound."""
    return store.get(INTEGRATIONS, integration_key(integration_id))


def attempt(integration_id: str, trial: Trial, media_of: MediaOf, store: Store) -> list[Tried]:
    """Read and write as the trial says; a refusal is an answer here, not an error."""
    found = integration(integration_id, store)
    if trial.url is None and not (trial.write and found.default_location):
        reason = "name a url to read, or a write to try under the integration's default location"
        raise Invalid(f"There is nothing to try: {reason}.", [Fault("url", reason)])
    media, tried = media_of(found), []
    if trial.url is not None:
        tried.append(_read(trial.url, found, media))
    if trial.write:
        tried.append(_write(found.default_location, trial.url, media))
    return tried


def _read(url: str, found: Integration, media: Media) -> Tried:
    return _tried("read", url, lambda: media.read(locate(url, found.default_location).url, 0, 1))


def _write(location: str | None, url: str | None, media: Media) -> Tried:
    base = location or f"s3://{locate(url or '').bucket}/"
    return _tried("write", base, lambda: media.write(base + TRIAL_FILE, b"", "application/octet-stream"))


def _tried(check: Literal["read", "write"], url: str, act: Callable[[], object]) -> Tried:
    try:
        act()
    except GlossError as refused:
        return Tried(check=check, url=url, ok=False, reason=refused.message)
    return Tried(check=check, url=url, ok=True)
