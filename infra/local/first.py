"""The first Admin of an instance, and gloss.json, which tells clients how to reach it."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from infra.local import cloud, media
from infra.local.home import REGION, Home

ADMIN: Final = "admin@example.com"


def describe(home: Home, outputs: Mapping[str, str]) -> Mapping[str, Any]:
    """Write gloss.json; the organisation, its Admin and the media bucket exist afterwards."""
    key_file = home.folder / "admin_ed25519"
    bearer = _kept(home.folder / "admin_bearer", lambda: f"gloss_{secrets.token_urlsafe(32)}".encode()).decode()
    founding = {"title": "Gloss", "admin_email": ADMIN, "bearer": bearer, "public_key": _public_key(key_file)}
    _invoke(home, outputs["Founding"], founding)
    integration = media.integration(home, bearer)
    described = {
        "url": home.url,
        "bearer": bearer,
        "ssh_key_file": str(key_file),
        "admin_email": ADMIN,
        "aws_endpoint": home.endpoint,
        "region": REGION,
        "media_bucket": media.BUCKET,
        "integration_id": integration["id"],
        "integration_title": integration["title"],
        "stack_outputs": dict(outputs),
    }
    home.described.write_text(json.dumps(described, indent=2) + "\n")
    home.described.chmod(0o600)
    return described


def _public_key(file: Path) -> str:
    """The Admin's public key as hex; the private one is kept as OpenSSH writes it."""
    key = load_ssh_private_key(_kept(file, _new_key), None)
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def _kept(file: Path, make: Callable[[], bytes]) -> bytes:
    """What the file holds; made the first time, before anything depends on it."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as writing:
            writing.write(make())
    return file.read_bytes()


def _invoke(home: Home, function: str, payload: Mapping[str, Any]) -> Any:
    answer = cloud.client(home, "lambda").invoke(FunctionName=function, Payload=json.dumps(payload))
    outcome = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise SystemExit(f"{function} failed: {outcome}")
    return outcome
