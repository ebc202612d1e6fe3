"""Requests signed by the public SDK itself are taken by the edge, and only as they were signed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from encord.configs import SshConfig
from requests import Request

from functions.catalog.app import handler
from functions.sdk.app import handler as sdk
from tests.doorway import Answered, House, a_house, call

URL = "https://gloss.test"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        made.ports.clock.moment = datetime.now(UTC)  # type: ignore[attr-defined]
        yield made


def a_config(house: House) -> SshConfig:
    """The SDK's configuration with a key that the Admin has registered."""
    key = Ed25519PrivateKey.generate()
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert call(handler, "POST", "/v1/credentials", {"title": "sdk", "public_key": line}).status == 200
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    return SshConfig.from_ssh_private_key(private)


def signed(config: SshConfig, method: str, path: str, body: str = "") -> dict[str, str]:
    prepared = config.define_headers_v2(Request(method, URL + path, data=body or None).prepare())
    return {name: str(value) for name, value in prepared.headers.items() if name != "Content-Length"}


def send(method: str, path: str, body: str, headers: dict[str, str]) -> Answered:
    return call(handler, method, path, body, None, **headers)


def test_the_sdks_message_signature_is_taken(house: House) -> None:
    headers = signed(a_config(house), "GET", "/v1/users?limit=1")

    assert send("GET", "/v1/users?limit=1", "", headers).body["entries"][0]["email"] == "admin@acme.io"


def test_a_signed_body_may_not_be_exchanged(house: House) -> None:
    body = '{"email": "ann@acme.io"}'
    headers = signed(a_config(house), "POST", "/v1/users", body)

    assert send("POST", "/v1/users", body.replace("ann", "eve"), headers).status == 401
    assert send("POST", "/v1/users", body, headers).status == 200


def test_a_signed_target_may_not_be_exchanged(house: House) -> None:
    headers = signed(a_config(house), "GET", "/v1/users?limit=1")

    assert send("GET", "/v1/users?limit=2", "", headers).status == 401


def test_the_sdks_legacy_signature_is_taken(house: House) -> None:
    body = '{"query_type": "projectwithuserrole", "query_method": "GET", "values": {"uid": null, "payload": {}}}'
    proof = {"Authorization": a_config(house).define_headers("", "", body)["Authorization"]}

    answers = [call(sdk, "POST", "/public/user", each, None, **proof) for each in (body, body.replace("{}", "[]"))]

    assert [it.body["status"] for it in answers] == [200, 401]


def test_a_legacy_signature_opens_nothing_but_the_legacy_urls(house: House) -> None:
    body = '{"query_type": "projectwithuserrole", "query_method": "GET", "values": {"uid": null, "payload": {}}}'
    proof = {"Authorization": a_config(house).define_headers("", "", body)["Authorization"]}

    assert call(sdk, "GET", "/v2/public/user/bearer-token", body, None, **proof).status == 401
    assert send("GET", "/v1/me", body, proof).status == 401


def test_a_key_that_nobody_registered_is_refused(house: House) -> None:
    stranger = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    headers = signed(SshConfig.from_ssh_private_key(stranger), "GET", "/v1/me")

    assert send("GET", "/v1/me", "", headers).status == 401
