"""Integrations of every provider, their secrets, and media in stores that really run."""

import base64
import hashlib
import hmac
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gloss.adapters.clients import make_client
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.objectmedia import ObjectMedia
from gloss.adapters.reaching import azure_stores, s3_client
from gloss.adapters.s3media import S3Media
from gloss.clouds import Media
from gloss.domain import secrets
from gloss.domain.integration import Access, Azure, Gcp, Integration, Otc, Reach, S3Compatible
from gloss.domain.model import IntegrationId, OrgId, UserId
from gloss.domain.secrets import AnySecret
from tests.peers import AZURE_ACCOUNT, AZURE_KEY, azurite, s3_server

BODY = bytes(range(256))
ACCESS_KEY = {"kind": "access_key", "access_key_id": "AKIDEXAMPLE", "secret_access_key": "open sesame"}
HMAC = {**ACCESS_KEY, "kind": "hmac"}
ACCOUNT_KEY = {"kind": "account_key", "key": AZURE_KEY}
ONCE = Config(retries={"mode": "standard", "max_attempts": 1})


@dataclass(frozen=True)
class Shop:
    """Media with the object `a b` in one bucket, whose URLs begin with `base`; `nowhere` is a bucket that is not."""

    media: Media
    base: str
    nowhere: str
    others: tuple[str, ...] = ()

    def url(self, key: str) -> str:
        return f"{self.base}{key}"


def a_client(service: str, config: Config | None = None, **more: Any) -> Any:
    """A client as `wiring` makes them."""
    return make_client(service, ONCE if config is None else ONCE.merge(config), **more)


def a_secret(**fields: Any) -> AnySecret:
    """A secret as a request would bring it."""
    return secrets.read(fields)


def an_integration(access: Access, **more: Any) -> Integration:
    """A finished integration."""
    given = {"id": IntegrationId("int-1"), "org_id": OrgId("acme"), "title": "store", "external_id": "gloss-1"}
    made = {"created_by": UserId("ann"), "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return Integration.model_validate({**given, **made, "access": access, **more})


def a_key_file(**more: Any) -> tuple[dict[str, Any], rsa.RSAPublicKey]:
    """A key file as Google gives it out, and the public key that belongs to it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    named = {"type": "service_account", "project_id": "acme", "client_email": "gloss@acme.iam.gserviceaccount.com"}
    return {**named, "private_key_id": "k1", "private_key": pem, **more}, key.public_key()


@contextmanager
def memory_shop() -> Iterator[Shop]:
    yield Shop(MemoryMedia({"s3://acme-raw/a b": BODY}), "s3://acme-raw/", "s3://no-such-bucket-here/")


@contextmanager
def otc_shop() -> Iterator[Shop]:
    base = "https://acme-raw.obs.eu-de.otc.t-systems.com/"
    with _s3_shop(Otc().reach(), ACCESS_KEY, "eu-de") as media:
        yield Shop(media, base, base.replace("acme-raw", "no-such"), ("https://obs.eu-de.otc.t-systems.com/acme-raw/",))


@contextmanager
def google_shop() -> Iterator[Shop]:
    others = ("https://storage.cloud.google.com/acme-raw/", "https://acme-raw.storage.googleapis.com/")
    with _s3_shop(Gcp().reach(), HMAC, "auto") as media:
        yield Shop(media, "gs://acme-raw/", "gs://no-such-bucket-here/", others)


@contextmanager
def compatible_shop() -> Iterator[Shop]:
    with s3_server() as endpoint:
        reach = S3Compatible(endpoint=endpoint).reach()
        media = _filled(s3_client(a_client, a_secret(**ACCESS_KEY), endpoint, "us-east-1"), reach)
        yield Shop(media, f"{endpoint}/acme-raw/", f"{endpoint}/no-such-bucket-here/", ("s3://acme-raw/",))


@contextmanager
def azure_shop() -> Iterator[Shop]:
    access, base = Azure(account=AZURE_ACCOUNT), f"https://{AZURE_ACCOUNT}.blob.core.windows.net/"
    with azurite() as endpoint:
        stores = azure_stores(access, a_secret(**ACCOUNT_KEY), **at_azurite(endpoint))
        make_container(endpoint, "acme-raw")
        media = ObjectMedia(stores, access.reach())
        media.write(f"{base}acme-raw/a%20b", BODY, "application/octet-stream")
        yield Shop(media, f"{base}acme-raw/", f"{base}no-such-container/")


def at_azurite(endpoint: str) -> dict[str, Any]:
    """What leads the client to azurite instead of the cloud."""
    return {"endpoint": endpoint, "client_options": {"allow_http": True}}


def make_container(endpoint: str, name: str) -> None:
    """Azure's client for objects makes no containers: one signed request (Shared Key, version 2021-08-06)."""
    date, version = formatdate(usegmt=True), "2021-08-06"
    resource = f"/{AZURE_ACCOUNT}/{AZURE_ACCOUNT}/{name}\nrestype:container"
    text = "PUT\n\n\n\n\ntext/plain" + "\n" * 7 + f"x-ms-date:{date}\nx-ms-version:{version}\n{resource}"
    signed = base64.b64encode(hmac.digest(base64.b64decode(AZURE_KEY), text.encode(), hashlib.sha256)).decode()
    headers = {
        "x-ms-date": date,
        "x-ms-version": version,
        "Content-Type": "text/plain",
        "Authorization": f"SharedKey {AZURE_ACCOUNT}:{signed}",
    }
    urlopen(Request(f"{endpoint}/{name}?restype=container", b"", headers, method="PUT")).close()


@contextmanager
def _s3_shop(reach: Reach, secret: dict[str, str], region: str) -> Iterator[Media]:
    with s3_server() as endpoint:
        yield _filled(s3_client(a_client, a_secret(**secret), endpoint, region), reach)


def _filled(client: Any, reach: Reach) -> Media:
    client.create_bucket(Bucket="acme-raw", **_placed(client.meta.region_name))
    client.put_object(Bucket="acme-raw", Key="a b", Body=BODY)
    return S3Media(lambda: client, reach=reach)


def _placed(region: str) -> dict[str, Any]:
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


SHOPS: dict[str, Callable[[], Any]] = {
    "memory": memory_shop,
    "otc": otc_shop,
    "google": google_shop,
    "compatible": compatible_shop,
    "azure": azure_shop,
}


def a_sas(container: str, permissions: str) -> str:
    """A shared access signature of a container by the account's key (service SAS, version 2020-12-06)."""
    fields = {"sv": "2020-12-06", "se": "2099-01-01T00:00:00Z", "sr": "c", "sp": permissions, "spr": "https,http"}
    resource = f"/blob/{AZURE_ACCOUNT}/{container}"
    given = [permissions, "", fields["se"], resource, "", "", fields["spr"], fields["sv"], "c", *[""] * 7]
    digest = hmac.digest(base64.b64decode(AZURE_KEY), "\n".join(given).encode(), hashlib.sha256)
    return urlencode({**fields, "sig": base64.b64encode(digest).decode()})


def a_certificate(address: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a fresh certificate for an address, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    begun = datetime.now(UTC) - timedelta(hours=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begun).not_valid_after(begun + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return _contexts(made.sign(key, hashes.SHA256()), key)


def _contexts(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> tuple[Any, Any]:
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(private + pem)
        server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
