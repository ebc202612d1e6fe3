"""Cloud integrations: with whose credentials media are read, and where relative paths lead."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.locations import CLOUD_NAMES, Cloud, Location, locate, locate_prefix, locate_web
from gloss.domain.model import IntegrationId, OrgId, Timestamp, Title, UserId, Value, Versioned

RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=600)]
DefaultLocation = Annotated[str, Field(pattern=r"^\S+/$", max_length=1100)]
Region = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
#: Scheme, host and port, nothing behind them; whether the host may be reached is for the deployment to say.
Origin = Annotated[str, Field(pattern=r"^https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})(:[0-9]{1,5})?$")]

MAX_PORT: Final = 65_535


class Reach(NamedTuple):
    """Which URLs an integration may read: the clouds, and of them one account, region or endpoint."""

    clouds: frozenset[Cloud] = frozenset({Cloud.AWS})
    host: str | None = None
    endpoint: str | None = None
    default: str | None = None

    def locate(self, url: str) -> Location:
        """The object of a URL; raises Invalid for one that leads nowhere, or to where this does not reach."""
        find = locate_web if self.clouds == {Cloud.HTTPS} else locate
        return self._demand(url, find(url, self.default, self.endpoint))

    def prefix(self, url: str) -> Location:
        """The bucket of a URL and the beginning of its keys; raises Invalid."""
        if self.clouds == {Cloud.HTTPS}:
            return self.locate(url)
        return self._demand(url, locate_prefix(url, self.endpoint))

    def _demand(self, url: str, found: Location) -> Location:
        if found.cloud not in self.clouds:
            reaches = " and ".join(CLOUD_NAMES[cloud] for cloud in sorted(self.clouds))
            raise _beyond(url, f"it lies in {CLOUD_NAMES[found.cloud]}, but this integration reaches {reaches}")
        if self.host is not None and found.host != self.host:
            raise _beyond(url, f"it lies at {found.host}, but this integration reaches {self.host}")
        return found


#: Without an integration: what this deployment's own role may read, and what anybody may.
OPEN: Final = Reach(frozenset({Cloud.AWS, Cloud.HTTPS}))


class Aws(Value):
    """Amazon S3 in a role that the customer lends; without one in the deployment's own."""

    provider: Literal["aws"] = "aws"
    role_arn: RoleArn | None = None

    def reach(self) -> Reach:
        return Reach()


class Gcp(Value):
    """Google Cloud Storage by an HMAC key or a service account."""

    provider: Literal["gcp"] = "gcp"

    def reach(self) -> Reach:
        return Reach(frozenset({Cloud.GCP}))


class Azure(Value):
    """Azure Blob Storage, one account by its key or a shared access signature."""

    provider: Literal["azure"] = "azure"
    account: Annotated[str, Field(pattern=r"^[a-z0-9]{3,24}$")]

    def reach(self) -> Reach:
        return Reach(frozenset({Cloud.AZURE}), self.account)


class Otc(Value):
    """The object storage of the Open Telekom Cloud, one region by an access key."""

    provider: Literal["otc"] = "otc"
    region: Region = "eu-de"

    def reach(self) -> Reach:
        return Reach(frozenset({Cloud.OTC}), self.region)


class S3Compatible(Value):
    """Any store that speaks S3, at one endpoint, by an access key."""

    provider: Literal["s3_compatible"] = "s3_compatible"
    endpoint: Origin
    region: Region = "us-east-1"

    def reach(self) -> Reach:
        return Reach(frozenset({Cloud.S3_COMPATIBLE}), self.endpoint, self.endpoint)


class Https(Value):
    """Web servers: any public one, or only that of `origin`, which a secret may open."""

    provider: Literal["https"] = "https"
    origin: Origin | None = None

    def reach(self) -> Reach:
        return Reach(frozenset({Cloud.HTTPS}), self.origin, self.origin)


Access = Annotated[Aws | Gcp | Azure | Otc | S3Compatible | Https, Field(discriminator="provider")]
Status = Literal["ready", "unfinished", "leaving"]
#: As long as a request can last; after that whoever was changing a secret is gone.
CLAIM: Final = timedelta(minutes=1)


class Integration(Versioned):
    """Access to one cloud account.

    `external_id` is made by Gloss and goes into the trust policy of the customer's role. A secret lies in the vault
    under the integration's id, never here; `unfinished` says that it was not stored yet, `leaving` that it is being
    taken away, `claimed_at` since when somebody has been putting one there.
    """

    id: IntegrationId
    org_id: OrgId
    title: Title
    access: Access = Aws()
    default_location: DefaultLocation | None = None
    external_id: str
    secret_kind: str | None = None
    status: Status = "ready"
    claimed_at: Timestamp | None = None
    created_by: UserId
    created_at: Timestamp

    @model_validator(mode="before")
    @classmethod
    def _lift(cls, stored: Any) -> Any:
        """Records from before there was more than one provider."""
        if isinstance(stored, Mapping) and "provider" in stored:
            flat = {name: stored[name] for name in ("provider", "role_arn") if name in stored}
            return {name: value for name, value in stored.items() if name not in flat} | {"access": flat}
        return stored

    @property
    def reach(self) -> Reach:
        """Which URLs it may read."""
        return self.access.reach()._replace(default=self.default_location)

    def finished(self) -> Self:
        """The next version, whose secret is stored."""
        return self.changed(status="ready", claimed_at=None)

    def claimed(self, secret_kind: str, now: Timestamp) -> Self:
        """The next version, whose secret is about to be put; raises Conflict while somebody else's is."""
        if self.status == "leaving":
            raise Conflict("This integration is being removed.")
        if self.claimed_at is not None and now - self.claimed_at < CLAIM:
            raise Conflict("The secret of this integration is being changed; try again in a minute.")
        return self.changed(secret_kind=secret_kind, claimed_at=now)

    def demand_ready(self) -> None:
        """Raises Conflict while the secret is not there."""
        if self.status != "ready":
            raise Conflict(f"The integration {self.title} has no secret yet; send one with PATCH, or remove it.")


def reach_of(integration: Integration | None) -> Reach:
    """Which URLs an integration, or nobody's, may read."""
    return OPEN if integration is None else integration.reach


def port_objection(origin: str) -> str:
    """Why an origin's port is none, or nothing; asked of new origins only, so that every stored one can be read."""
    port = origin.rpartition("/")[2].rpartition("]")[2].partition(":")[2]
    return "" if not port or 1 <= int(port) <= MAX_PORT else f"its port is not between 1 and {MAX_PORT}"


def canonical_location(location: str | None, access: Access) -> str | None:
    """A default location in the one form that is kept; raises Invalid where the integration does not reach."""
    if location is None:
        return None
    try:
        return access.reach().prefix(location).url
    except Invalid as refused:
        raise Invalid(refused.message, [Fault("default_location", each.reason) for each in refused.faults]) from None


def _beyond(url: str, reason: str) -> Invalid:
    return Invalid(f"The URL {url} cannot be read: {reason}.", [Fault("objectUrl", reason)])
