"""Cloud integrations: making, showing, changing and removing them; a record comes before its secret and goes after."""

from typing import Annotated, Any, Final

from pydantic import Discriminator, Tag, TypeAdapter, model_validator

from gloss.clouds import Custody, Gate
from gloss.domain import secrets
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid, Stale
from gloss.domain.integration import (
    Access,
    Aws,
    Azure,
    DefaultLocation,
    Gcp,
    Https,
    Integration,
    Otc,
    RoleArn,
    S3Compatible,
    canonical_location,
    port_objection,
)
from gloss.domain.model import IntegrationId, Title, Value
from gloss.domain.secrets import AccessKey, AnySecret, AzureSecret, GoogleSecret, Secret, WebSecret
from gloss.kinds.register import INTEGRATIONS, integration_key
from gloss.ports import Erase, Save, Store
from gloss.services import making
from gloss.services.authorising import founding_grants

_ACCESS: Final[TypeAdapter[Access]] = TypeAdapter(Access)
#: The settings that lead to a host of the customer's choice.
ORIGINS: Final = ("endpoint", "origin")


class _Named(Value):
    title: Title
    default_location: DefaultLocation | None = None


class NewAws(_Named, Aws):
    """Amazon S3; without a role the deployment's own one reads the media."""


class NewGcp(_Named, Gcp):
    """Google Cloud Storage."""

    secret: GoogleSecret


class NewAzure(_Named, Azure):
    """Azure Blob Storage."""

    secret: AzureSecret


class NewOtc(_Named, Otc):
    """The Open Telekom Cloud."""

    secret: AccessKey


class NewS3Compatible(_Named, S3Compatible):
    """A store that speaks S3."""

    secret: AccessKey


class NewHttps(_Named, Https):
    """Web servers; a secret is sent to `origin` and nowhere else."""

    secret: WebSecret | None = None

    @model_validator(mode="after")
    def _demand_origin(self) -> "NewHttps":
        if self.secret is not None and self.origin is None:
            raise ValueError("a secret needs the origin that it is meant for, such as https://media.example.com")
        return self


AnyNew = NewAws | NewGcp | NewAzure | NewOtc | NewS3Compatible | NewHttps


def _provider(body: Any) -> Any:
    """Amazon's, unless the body says another."""
    return body.get("provider", "aws") if isinstance(body, dict) else getattr(body, "provider", None)


NewIntegration = Annotated[
    Annotated[NewAws, Tag("aws")]
    | Annotated[NewGcp, Tag("gcp")]
    | Annotated[NewAzure, Tag("azure")]
    | Annotated[NewOtc, Tag("otc")]
    | Annotated[NewS3Compatible, Tag("s3_compatible")]
    | Annotated[NewHttps, Tag("https")],
    Discriminator(_provider),
]


class ChangedIntegration(Value):
    """What to change; where it leads stays, since a secret that was given for one place must reach no other."""

    title: Title | None = None
    default_location: DefaultLocation | None = None
    role_arn: RoleArn | None = None
    secret: Secret | None = None


def make(wanted: AnyNew, caller: Caller, custody: Custody) -> Integration:
    """An integration with the caller as its Admin; raises Invalid for a place that it may not reach.

    Nobody chooses its external id: who could give another tenant's would be lent that tenant's role. A crash leaves an
    unfinished integration, which the same request, a new secret or a removal finishes; a secret never stands alone.
    """
    access, secret = _access(wanted), getattr(wanted, "secret", None)
    _vet(access, custody.gate)
    now = custody.clock.now()
    made = Integration(
        id=IntegrationId(custody.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        access=access,
        default_location=canonical_location(wanted.default_location, access),
        external_id=f"gloss-{custody.ids.new()}",
        secret_kind=secret and secret.kind,
        status="ready" if secret is None else "unfinished",
        claimed_at=secret and now,
        created_by=caller.user_id,
        created_at=now,
    )
    known = making.once(INTEGRATIONS, made, custody.store, founding_grants(f"integration:{made.id}", caller, now))
    return known if secret is None or known.status == "ready" else _keep(known, secret, custody)


def integration(integration_id: str, store: Store) -> Integration:
    """An integration; raises NotFound."""
    return store.get(INTEGRATIONS, integration_key(integration_id))


def change(integration_id: str, wanted: ChangedIntegration, custody: Custody) -> Integration:
    """The integration with these settings; a new secret takes the place of the old one, which nobody can read again.

    Raises Invalid for a secret, a role or a location that does not fit, Conflict while another secret is being put.
    """
    stored = integration(integration_id, custody.store)
    changed = _with_secret(_with_settings(stored, wanted), stored, wanted.secret, custody)
    custody.store.commit([Save(INTEGRATIONS, changed)])
    return changed if wanted.secret is None else _keep(changed, wanted.secret, custody)


def remove(integration_id: str, custody: Custody) -> None:
    """Forget the integration and its secret for good; after a crash it is leaving, and removing it again ends it."""
    stored = integration(integration_id, custody.store)
    leaving = stored.changed(status="leaving")
    custody.store.commit([Save(INTEGRATIONS, leaving)])
    custody.vault.remove(stored.id)
    custody.store.commit([Erase(INTEGRATIONS, leaving)])


def _access(wanted: AnyNew) -> Access:
    fields = {name: value for name, value in wanted if name not in {"title", "default_location", "secret"}}
    return _ACCESS.validate_python(fields)


def _vet(access: Access, gate: Gate) -> None:
    for name in ORIGINS:
        origin = getattr(access, name, None)
        reason = port_objection(origin) or gate.objection(origin) if origin else ""
        if reason:
            raise Invalid(f"The {name} {origin} cannot be reached: {reason}.", [Fault(name, reason)])


def _with_settings(stored: Integration, wanted: ChangedIntegration) -> dict[str, object]:
    said: dict[str, object] = {} if wanted.title is None else {"title": wanted.title}
    if wanted.role_arn is not None:
        if not isinstance(stored.access, Aws):
            raise Invalid("Only an integration of Amazon S3 has a role.", [Fault("role_arn", "not of this provider")])
        said["access"] = Aws(role_arn=wanted.role_arn)
    if wanted.default_location is not None:
        said["default_location"] = canonical_location(wanted.default_location, stored.access)
    return said


def _with_secret(
    said: dict[str, object], stored: Integration, secret: AnySecret | None, custody: Custody
) -> Integration:
    if secret is None:
        return stored.changed(**said)
    secrets.demand_fitting(secret, stored.access.provider)
    if isinstance(stored.access, Https) and stored.access.origin is None:
        raise Invalid("This integration has no origin to send a secret to.", [Fault("secret", "needs an origin")])
    return stored.claimed(secret.kind, custody.clock.now()).model_copy(update=said)


def _keep(stored: Integration, secret: AnySecret, custody: Custody) -> Integration:
    """Put the secret under its integration and say so; if the integration went meanwhile, the secret goes too.

    The version always rises after the secret was put, so that whoever has read the old one reads again.
    """
    custody.vault.put(stored.id, secrets.written(secret))
    finished = stored.finished()
    try:
        custody.store.commit([Save(INTEGRATIONS, finished)])
    except Stale:
        left = custody.store.find(INTEGRATIONS, integration_key(stored.id))
        if left is None or left.status == "leaving":
            custody.vault.remove(stored.id)
        raise
    return finished
