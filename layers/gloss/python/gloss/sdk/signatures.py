"""The two Ed25519 request signatures of the public SDK (HTTP message signatures, and the legacy header)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gloss.domain.errors import Unauthenticated

TOLERANCE_S: Final = 300
_INPUT = re.compile(
    r'^encord-sig=(?P<params>\("@method" "@request-target" "content-digest"\);created=(?P<created>\d{1,12})'
    r';keyid="(?P<key>[0-9a-f]{64})";alg="ed25519")$'
)
_SIGNATURE = re.compile(r"^encord-sig=:(?P<signature>[A-Za-z0-9+/]{86}==):$")
_LEGACY = re.compile(r"^(?P<key>[0-9a-f]{64}):(?P<signature>[0-9a-f]{128})$")


@dataclass(frozen=True)
class Signed:
    """A request: method, the targets with their query that may have been signed, lower-cased headers, the raw body."""

    method: str
    targets: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes


def is_message_signed(headers: Mapping[str, str]) -> bool:
    return "signature-input" in headers


def is_legacy_signed(headers: Mapping[str, str]) -> bool:
    return _LEGACY.match(headers.get("authorization", "")) is not None


def verify_message(request: Signed, now: datetime) -> str:
    """The key (64 hex digits) that signed by draft-ietf-httpbis-message-signatures; raises Unauthenticated."""
    given = _INPUT.match(request.headers.get("signature-input", ""))
    signature = _SIGNATURE.match(request.headers.get("signature", ""))
    if given is None or signature is None:
        raise Unauthenticated("The signature headers cannot be read.")
    if abs(now.timestamp() - int(given["created"])) > TOLERANCE_S:
        raise Unauthenticated(f"The signature is more than {TOLERANCE_S} s away from this server's time.")
    _demand_digest(request)
    messages = [_base(request, target, given["params"]) for target in request.targets]
    _verify(given["key"], base64.b64decode(signature["signature"]), messages)
    return given["key"]


def verify_legacy(request: Signed) -> str:
    """The key that signed the body's SHA-256 in the legacy header; raises Unauthenticated."""
    given = _LEGACY.match(request.headers.get("authorization", ""))
    if given is None:
        raise Unauthenticated("The Authorization header cannot be read.")
    _verify(given["key"], bytes.fromhex(given["signature"]), [hashlib.sha256(request.body).digest()])
    return given["key"]


def _demand_digest(request: Signed) -> None:
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    if request.headers.get("content-digest") != f"sha-256=:{digest}:":
        raise Unauthenticated("The Content-Digest does not match the body.")


def _base(request: Signed, target: str, params: str) -> bytes:
    lines = (
        f'"@method": {request.method}',
        f'"@request-target": {target}',
        f'"content-digest": {request.headers["content-digest"]}',
        f'"@signature-params": {params}',
    )
    return "\n".join(lines).encode()


def _verify(key: str, signature: bytes, messages: Sequence[bytes]) -> None:
    if not any(_signs(key, signature, message) for message in messages):
        raise Unauthenticated("The signature does not match the request.")


def _signs(key: str, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(line: str) -> str:
    """The 64 hex digits of an OpenSSH `ssh-ed25519 …` line; raises ValueError for anything else."""
    fields = line.split()
    if len(fields) < 2 or fields[0] != "ssh-ed25519":
        raise ValueError("only Ed25519 keys in OpenSSH form are taken")
    try:
        raw = base64.b64decode(fields[1], validate=True)
    except binascii.Error as broken:
        raise ValueError("the key is not base64") from broken
    if len(raw) != 51:
        raise ValueError("the key has the wrong length")
    return raw[-32:].hex()
