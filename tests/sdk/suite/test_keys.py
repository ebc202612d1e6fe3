"""Who asks, by the SDK: keys that are registered, revoked or out of date, and requests that were tampered with."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from encord import EncordUserClient
from encord.configs import SshConfig
from encord.exceptions import AuthenticationError, SshKeyNotFound
from requests import PreparedRequest

Change = Callable[[PreparedRequest], None]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def written(key: Ed25519PrivateKey, folder: Path) -> str:
    """The key in a file as ssh-keygen writes it; its path."""
    path = folder / "key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    return str(path)


def registered(target: dict[str, Any], key: Ed25519PrivateKey, **more: Any) -> dict[str, Any]:
    """The key registered for the Admin."""
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return _v1(target, "POST", "/v1/credentials", {"title": "story", "public_key": line, **more})


def _v1(target: dict[str, Any], method: str, path: str, body: Any = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {target['bearer']}"}
    answer = requests.request(method, target["url"] + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def signed(target: dict[str, Any], body: bytes = b'{"name": "n"}') -> PreparedRequest:
    """A request that makes a group, signed by the SDK itself."""
    config = SshConfig.from_ssh_private_key(Path(target["keys"]["admin"]).read_text(), domain=target["url"])
    url = target["url"] + "/v2/public/organisation/groups"
    plain = requests.Request("POST", url, data=body, headers={"Content-Type": "application/json"}).prepare()
    return config.define_headers_v2(plain)


def sent(request: PreparedRequest) -> int:
    with requests.Session() as session:
        return session.send(request, timeout=60).status_code


@pytest.mark.shows("EncordUserClient.create_with_ssh_private_key")
def test_a_registered_key_proves_its_person(key: Ed25519PrivateKey, target: dict[str, Any], tmp_path: Path) -> None:
    registered(target, key, days=1)

    client = EncordUserClient.create_with_ssh_private_key(
        ssh_private_key_path=written(key, tmp_path), domain=target["url"]
    )

    assert client.list_organisation_users() != []


def test_an_unknown_key_is_refused_by_both_generations(
    key: Ed25519PrivateKey, target: dict[str, Any], tmp_path: Path
) -> None:
    client = EncordUserClient.create_with_ssh_private_key(
        ssh_private_key_path=written(key, tmp_path), domain=target["url"]
    )

    with pytest.raises(AuthenticationError):
        client.list_organisation_users()
    with pytest.raises(SshKeyNotFound):
        client.get_dataset("00000000-0000-0000-0000-000000000001")


def test_a_revoked_key_is_refused_by_both_generations(
    key: Ed25519PrivateKey, target: dict[str, Any], tmp_path: Path
) -> None:
    issued = registered(target, key)
    client = EncordUserClient.create_with_ssh_private_key(
        ssh_private_key_path=written(key, tmp_path), domain=target["url"]
    )

    _v1(target, "DELETE", f"/v1/credentials/{issued['id']}")

    with pytest.raises(AuthenticationError):
        client.list_organisation_users()
    with pytest.raises(AuthenticationError):
        client.get_dataset("00000000-0000-0000-0000-000000000001")


def another_body(request: PreparedRequest) -> None:
    request.body = b'{"name": "m"}'


def another_digest(request: PreparedRequest) -> None:
    request.headers["Content-Digest"] = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


def another_signature(request: PreparedRequest) -> None:
    request.headers["Signature"] = f"encord-sig=:{'A' * 86}==:"


def another_target(request: PreparedRequest) -> None:
    request.url = f"{request.url}?x=1"


def another_time(request: PreparedRequest) -> None:
    now = int(time.time())
    for moment in range(now - 5, now + 1):
        old = request.headers["Signature-Input"]
        request.headers["Signature-Input"] = old.replace(f"created={moment};", f"created={moment - 3600};")


CHANGES = (another_body, another_digest, another_signature, another_target, another_time)


def test_a_request_as_the_sdk_signed_it_passes(target: dict[str, Any]) -> None:
    assert sent(signed(target)) == 200


@pytest.mark.parametrize("change", CHANGES)
def test_a_request_that_was_changed_after_signing_is_refused(change: Change, target: dict[str, Any]) -> None:
    request = signed(target)
    change(request)

    assert sent(request) == 401


def test_a_legacy_request_whose_body_was_changed_is_refused(target: dict[str, Any]) -> None:
    config = SshConfig.from_ssh_private_key(Path(target["keys"]["admin"]).read_text(), domain=target["url"])
    query = '{"query_type": "projectwithuserrole", "query_method": "GET", "values": {"uid": null, "payload": {}}}'
    headers = config.define_headers(None, None, query)

    changed = query.replace("{}", '{"filter": {}}')
    answer = requests.post(target["url"] + "/public/user", data=changed, headers=headers, timeout=60)

    assert (answer.status_code, answer.json()["response"]) == (200, ["AUTHENTICATION_ERROR"])
