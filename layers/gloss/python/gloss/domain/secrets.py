"""The secrets of integrations: what each cloud asks for, and how it is written for the vault."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qs

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, TypeAdapter

from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import Value

LONGEST: Final = 8_192
_PEM: Final = re.compile(r"-----BEGIN (RSA )?PRIVATE KEY-----\s.+\s-----END (RSA )?PRIVATE KEY-----\s*", re.DOTALL)
#: Headers that frame a request; a secret that set them could smuggle another one.
_FRAMING: Final = frozenset({"host", "range", "connection", "content-length", "transfer-encoding", "upgrade", "te"})


def _printable(secret: SecretStr) -> SecretStr:
    plain = secret.get_secret_value()
    if not plain or len(plain) > LONGEST or not plain.isascii() or not plain.isprintable():
        raise ValueError(f"a secret has 1 to {LONGEST} printable ASCII characters")
    return secret


def _key_file(secret: SecretStr) -> SecretStr:
    if not _PEM.fullmatch(secret.get_secret_value()):
        raise ValueError("expected the private key of the key file, which begins -----BEGIN PRIVATE KEY-----")
    return secret


def _base64(secret: SecretStr) -> SecretStr:
    try:
        base64.b64decode(_printable(secret).get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError("an account key is base64") from None
    return secret


def _signature(secret: SecretStr) -> SecretStr:
    plain = _printable(secret).get_secret_value().removeprefix("?")
    if not {"sv", "sig"} <= set(parse_qs(plain)):
        raise ValueError("a shared access signature has the fields sv and sig; give all that follows the ?")
    return SecretStr(plain)


def _free_header(name: str) -> str:
    if name.lower() in _FRAMING:
        raise ValueError("this header belongs to the request itself")
    return name


Hidden = Annotated[SecretStr, AfterValidator(_printable)]
KeyId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,256}$")]


class AccessKey(Value):
    """An access key of OTC or of an S3-compatible store."""

    kind: Literal["access_key"]
    access_key_id: KeyId
    secret_access_key: Hidden


class HmacKey(Value):
    """An HMAC key of a Google service account."""

    kind: Literal["hmac"]
    access_key_id: KeyId
    secret_access_key: Hidden


class KeyFile(Value):
    """A key file as Google gives it out; of its fields only these are kept and used."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["service_account"]
    client_email: Annotated[str, Field(pattern=r"^[\x21-\x7e]{3,320}$")]
    private_key_id: KeyId
    private_key: Annotated[SecretStr, AfterValidator(_key_file)]


class ServiceAccount(Value):
    """A Google service account, by its key file."""

    kind: Literal["service_account"]
    key: KeyFile


class AccountKey(Value):
    """One of the two keys of an Azure storage account."""

    kind: Literal["account_key"]
    key: Annotated[SecretStr, AfterValidator(_base64)]


class Sas(Value):
    """A shared access signature of an Azure account or container."""

    kind: Literal["sas"]
    token: Annotated[SecretStr, AfterValidator(_signature)]


class HeaderSecret(Value):
    """A header that opens a web server."""

    kind: Literal["header"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$"), AfterValidator(_free_header)]
    value: Hidden


class BasicSecret(Value):
    """A user and a password of a web server (RFC 7617)."""

    kind: Literal["basic"]
    user: Annotated[str, Field(pattern=r"^[\x20-\x39\x3b-\x7e]{1,256}$")]
    password: Hidden


class BearerSecret(Value):
    """A bearer token of a web server (RFC 6750)."""

    kind: Literal["bearer"]
    token: Hidden


GoogleSecret = Annotated[HmacKey | ServiceAccount, Field(discriminator="kind")]
AzureSecret = Annotated[AccountKey | Sas, Field(discriminator="kind")]
WebSecret = Annotated[HeaderSecret | BasicSecret | BearerSecret, Field(discriminator="kind")]
AnySecret = AccessKey | HmacKey | ServiceAccount | AccountKey | Sas | HeaderSecret | BasicSecret | BearerSecret
Secret = Annotated[AnySecret, Field(discriminator="kind")]

_SECRET: Final[TypeAdapter[AnySecret]] = TypeAdapter(Secret)

#: Which secrets open which provider.
SECRETS: Final[Mapping[str, frozenset[str]]] = {
    "aws": frozenset(),
    "gcp": frozenset({"hmac", "service_account"}),
    "azure": frozenset({"account_key", "sas"}),
    "otc": frozenset({"access_key"}),
    "s3_compatible": frozenset({"access_key"}),
    "https": frozenset({"header", "basic", "bearer"}),
}


def demand_fitting(secret: AnySecret, provider: str) -> None:
    """Raises Invalid when a provider is not opened by this kind of secret."""
    if secret.kind not in SECRETS[provider]:
        known = ", ".join(sorted(SECRETS[provider])) or "none"
        raise Invalid(
            f"An integration of {provider} takes no secret of the kind {secret.kind}.",
            [Fault("secret.kind", f"expected: {known}")],
        )


def written(secret: AnySecret) -> dict[str, Any]:
    """The secret in clear, for the vault and nobody else."""
    revealed: dict[str, Any] = _revealed(dict(secret))
    return revealed


def read(stored: Mapping[str, Any]) -> AnySecret:
    """The secret that `written` wrote."""
    return _SECRET.validate_python(stored)


def _revealed(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    fields = dict(value) if isinstance(value, Value | dict) else None
    return value if fields is None else {name: _revealed(each) for name, each in fields.items()}
