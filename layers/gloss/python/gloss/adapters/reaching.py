"""From an integration to its media: one maker for each provider."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import urlsplit

from botocore.config import Config

from gloss.adapters.addresses import AddressRefused, PublicGate, resolve
from gloss.adapters.s3media import S3Media
from gloss.adapters.webmedia import Door, WebMedia
from gloss.clouds import Listed, Media, Vault
from gloss.domain import secrets
from gloss.domain.errors import Forbidden, Upstream
from gloss.domain.integration import OPEN, Azure, Integration, Reach
from gloss.domain.locations import Cloud
from gloss.domain.secrets import AnySecret, BasicSecret, BearerSecret, HeaderSecret
from gloss.ports import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client
    from obstore.store import AzureStore, GCSStore

GOOGLE: Final = "https://storage.googleapis.com"
PORTS: Final = {"https": 443, "http": 80}
#: Checksums that only Amazon's own store knows are left out, and a bucket's name stays out of the host.
PLAIN_S3: Final = Config(
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
PATIENCE: Final[Any] = {"timeout": "25s", "connect_timeout": "3s"}
RETRIES: Final[Any] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
NO_LINKS: Final = "a shared access signature would have to be given away with it; give an account key instead"


@dataclass(frozen=True)
class Surroundings:
    """What makers need: our own client and how to make others, our own bucket, and hosts that may be private."""

    client: Callable[[str], Any]
    make: Callable[..., Any]
    own_bucket: str
    clock: Clock
    vault: Callable[[], Vault]
    trusted: frozenset[str] = frozenset()


def media_of(integration: Integration | None, around: Surroundings) -> Media:
    """The media of an integration; without one, those of our own role and of the public web.

    Raises Conflict when the integration has no secret yet.
    """
    if integration is None:
        return _nobodys(around)
    integration.demand_ready()
    return _MAKERS[integration.access.provider](integration, around)


def _nobodys(around: Surroundings) -> Media:
    """Only who reads without an integration reads uploaded files, and of Gloss's own bucket nothing else."""
    from gloss.adapters.s3uploads import WithUploads

    def clients() -> "S3Client":
        return around.client("s3")  # type: ignore[no-any-return]

    customers = OpenMedia(S3Media(clients, around.own_bucket), WebMedia())
    return WithUploads(customers, S3Media(clients), around.own_bucket)


class OpenMedia:
    """Amazon S3 or the public web, as each URL says."""

    def __init__(self, s3: Media, web: Media) -> None:
        self._of = {Cloud.AWS: s3, Cloud.HTTPS: web}

    def size(self, url: str) -> int:
        return self._for(url).size(url)

    def read(self, url: str, start: int, length: int) -> bytes:
        return self._for(url).read(url, start, length)

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        self._for(url).write(url, body, content_type)

    def signed_get(self, url: str, seconds: int) -> str:
        return self._for(url).signed_get(url, seconds)

    def listed(self, prefix: str, after: str | None) -> "Iterator[Listed]":
        return self._of[OPEN.prefix(prefix).cloud].listed(prefix, after)

    def _for(self, url: str) -> Media:
        return self._of[OPEN.locate(url).cloud]


def s3_client(make: Callable[..., Any], secret: Any, endpoint: str, region: str) -> "S3Client":
    """A client of another store than Amazon's; `secret` is an access key or an HMAC key."""
    client: S3Client = make(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=secret.access_key_id,
        aws_secret_access_key=secret.secret_access_key.get_secret_value(),
        config=PLAIN_S3,
    )
    return client


def azure_stores(access: Azure, secret: AnySecret, **more: Any) -> Callable[[str], "AzureStore"]:
    """Opens containers of an account; `more` is for an account that lies elsewhere."""
    from obstore.store import AzureStore

    given = secrets.written(secret)
    proof = {"account_key": given["key"]} if secret.kind == "account_key" else {"sas_key": given["token"]}
    options: Any = {"client_options": PATIENCE, **more, **proof}
    return lambda container: AzureStore(container, account_name=access.account, retry_config=RETRIES, **options)


def google_stores(secret: AnySecret, **more: Any) -> Callable[[str], "GCSStore"]:
    """Opens buckets by a service account.

    Of the key file only the proof is passed on: the client would let the file's other fields lead it to any host.
    """
    from obstore.store import GCSStore

    key = {name: value for name, value in secrets.written(secret)["key"].items() if name in _PROOF}
    account = json.dumps({**key, **more})
    return lambda bucket: GCSStore(
        bucket, service_account_key=account, client_options=_patience(more), retry_config=RETRIES
    )


_PROOF: Final = ("type", "client_email", "private_key", "private_key_id")


def _patience(more: Mapping[str, Any]) -> Any:
    return {**PATIENCE, "allow_http": True} if more else PATIENCE


def _aws(integration: Integration, around: Surroundings) -> Media:
    role = getattr(integration.access, "role_arn", None)
    if role is None:
        return S3Media(lambda: around.client("s3"), around.own_bucket, integration.reach)
    from gloss.adapters.lent_roles import LentRole

    lent = LentRole(around.client("sts"), role, integration.external_id, around.clock, around.make)
    return S3Media(lent, around.own_bucket, integration.reach)


def _google(integration: Integration, around: Surroundings) -> Media:
    secret = _secret(integration, around)
    if secret.kind == "hmac":
        return _speaking_s3(s3_client(around.make, secret, GOOGLE, "auto"), integration.reach)
    from gloss.adapters.objectmedia import ObjectMedia

    return ObjectMedia(google_stores(secret), integration.reach)


def _azure(integration: Integration, around: Surroundings) -> Media:
    from gloss.adapters.objectmedia import ObjectMedia

    secret, access = _secret(integration, around), integration.access
    if not isinstance(access, Azure):
        raise TypeError(access.provider)
    return ObjectMedia(azure_stores(access, secret), integration.reach, NO_LINKS if secret.kind == "sas" else "")


def _otc(integration: Integration, around: Surroundings) -> Media:
    region = str(integration.reach.host)
    endpoint = f"https://obs.{region}.otc.t-systems.com"
    return _speaking_s3(s3_client(around.make, _secret(integration, around), endpoint, region), integration.reach)


def _s3_compatible(integration: Integration, around: Surroundings) -> Media:
    endpoint, region = str(integration.reach.endpoint), str(getattr(integration.access, "region", ""))
    _demand_public(endpoint, around.trusted)
    return _speaking_s3(s3_client(around.make, _secret(integration, around), endpoint, region), integration.reach)


def _https(integration: Integration, around: Surroundings) -> Media:
    stored = around.vault().get(integration.id) if integration.secret_kind else None
    header = header_of(secrets.read(stored)) if stored else {}
    return WebMedia(integration.reach, Door(around.trusted, header))


def header_of(secret: AnySecret) -> Mapping[str, str]:
    """The header in which a web server's secret is sent (RFC 7617, RFC 6750, or one of its own)."""
    return _HEADERS[secret.kind](secret)


def _basic(secret: BasicSecret) -> Mapping[str, str]:
    pair = f"{secret.user}:{secret.password.get_secret_value()}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _bearer(secret: BearerSecret) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret.token.get_secret_value()}"}


def _own_header(secret: HeaderSecret) -> Mapping[str, str]:
    return {secret.name: secret.value.get_secret_value()}


def _secret(integration: Integration, around: Surroundings) -> AnySecret:
    return secrets.read(around.vault().get(integration.id))


def _speaking_s3(client: "S3Client", reach: Reach) -> Media:
    return S3Media(lambda: client, reach=reach)


def _demand_public(endpoint: str, trusted: frozenset[str]) -> None:
    """The certificate holds the client to the host by name afterwards; see docs/decisions/0010."""
    reason = PublicGate(trusted).objection(endpoint)
    if reason:
        raise Forbidden(f"The endpoint {endpoint} cannot be reached: {reason}.")
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        resolve(host, parts.port or PORTS[parts.scheme], host in trusted)
    except AddressRefused as refused:
        raise Forbidden(f"The endpoint {endpoint} cannot be reached: {refused}.") from refused
    except OSError as lost:
        raise Upstream(f"The host of the endpoint {endpoint} was not found.") from lost


_HEADERS: Final[Mapping[str, Callable[[Any], Mapping[str, str]]]] = {
    "basic": _basic,
    "bearer": _bearer,
    "header": _own_header,
}
_MAKERS: Final[Mapping[str, Callable[[Integration, Surroundings], Media]]] = {
    "aws": _aws,
    "gcp": _google,
    "azure": _azure,
    "otc": _otc,
    "s3_compatible": _s3_compatible,
    "https": _https,
}
