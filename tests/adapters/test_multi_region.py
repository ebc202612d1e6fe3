"""Requests to a multi-region access point are signed by SigV4A, which no emulator checks: the signature itself is."""

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gloss.adapters.s3media import S3Media
from tests.builders_clouds import a_client

POINT = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public_key() -> ec.EllipticCurvePublicKey:
    """The key pair that AWS derives from an access key: a counter-mode KDF (NIST SP 800-108) to a P-256 scalar."""
    for counter in range(1, 255):
        context = KEY_ID.encode() + bytes([counter])
        fixed = b"\0\0\0\1AWS4-ECDSA-P256-SHA256\0" + context + b"\0\0\1\0"
        drawn = int.from_bytes(hmac.digest(f"AWS4A{SECRET}".encode(), fixed, hashlib.sha256))
        if drawn <= ORDER - 2:
            return ec.derive_private_key(drawn + 1, ec.SECP256R1()).public_key()
    raise AssertionError("no key")


def sent() -> Any:
    """What the client would send to read ten bytes; nothing leaves the machine."""
    pytest.importorskip("awscrt", reason="SigV4A needs awscrt")
    kept: list[Any] = []
    client = a_client("s3", region_name="us-east-1", aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET)

    def answer(request: Any, **_: Any) -> AWSResponse:
        kept.append(request)
        return AWSResponse(request.url, 404, {}, Raw())

    client.meta.events.register("before-send.s3", answer)
    with pytest.raises(Exception, match="no object"):
        S3Media(lambda: client).read(f"{POINT}/a b.jpg", 0, 10)
    return kept[0]


class Raw:
    """An empty body."""

    def stream(self, *_: Any, **__: Any) -> Any:
        return iter(())


def signed_text(request: Any, headers: dict[str, str]) -> tuple[bytes, bytes]:
    """The string to sign, rebuilt from the request as AWS documents it, and the signature that was sent."""
    parts, said = urlsplit(request.url), headers["authorization"]
    names = re.search(r"SignedHeaders=([^,]+)", said)[1]  # type: ignore[index]
    listed = "".join(f"{name}:{headers.get(name, parts.netloc)}\n" for name in names.split(";"))
    canonical = f"GET\n{parts.path}\n{parts.query}\n{listed}\n{names}\n{headers['x-amz-content-sha256']}"
    scope = re.search(r"Credential=[^/]+/([^,]+)", said)[1]  # type: ignore[index]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-ECDSA-P256-SHA256\n{headers['x-amz-date']}\n{scope}\n{digest}"
    return text.encode(), bytes.fromhex(said.rpartition("Signature=")[2])


def plain(headers: Any) -> dict[str, str]:
    return {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}


def test_an_access_point_is_asked_at_its_global_host_for_every_region() -> None:
    request = sent()
    headers = plain(request.headers)

    assert request.url == "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a%20b.jpg"
    assert headers["x-amz-region-set"] == "*"
    assert headers["authorization"].startswith("AWS4-ECDSA-P256-SHA256 ")


def test_the_signature_fits_the_key_that_aws_derives() -> None:
    request = sent()
    text, signature = signed_text(request, plain(request.headers))

    public_key().verify(signature, text, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public_key().verify(signature, text + b"x", ec.ECDSA(hashes.SHA256()))


def test_links_to_plain_buckets_are_signed_by_version_four() -> None:
    client = a_client("s3", region_name="us-east-1", aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET)

    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in S3Media(lambda: client).signed_get("s3://acme-raw/a", 60)
