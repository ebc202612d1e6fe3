"""The edge and the identity doorways, called as the gateway calls them."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.catalog import identity
from gloss import edge, requests
from gloss.domain.access import OrgRole
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call

app = edge.app("catalog")
app.include_router(identity.router)
handler = edge.handler(app)


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN, **headers: str) -> Answered:
    return call(handler, method, path, body, token, **headers)


def test_a_bearer_token_says_who_asks(house: House) -> None:
    assert ask("GET", "/v1/me").body["email"] == "admin@acme.io"


def test_without_a_token_nobody_is_answered(house: House) -> None:
    answer = ask("GET", "/v1/me", token=None)

    assert answer.status == 401
    assert answer.body["message"].startswith("Send `Authorization")


def test_an_unknown_token_is_refused(house: House) -> None:
    assert ask("GET", "/v1/me", token="guess").status == 401


def test_an_unknown_route_is_not_found(house: House) -> None:
    assert ask("GET", "/v1/nothing").status == 404


def test_a_body_that_is_not_json_is_malformed(house: House) -> None:
    answer = ask("POST", "/v1/users", "{no")

    assert (answer.status, "not JSON" in answer.body["message"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"email": "a@b.io", "colour": "red"}, "colour"),
        ({"email": 7}, "email"),
        ({}, "email"),
        ({"email": "a@b.io", "org_role": "KING"}, "org_role"),
    ],
)
def test_a_broken_rule_is_named_with_its_path(house: House, body: Any, path: str) -> None:
    answer = ask("POST", "/v1/users", body)

    assert answer.status == 422
    assert answer.body["errors"][0]["path"] == path


def test_a_title_of_300_characters_changes_nothing(house: House) -> None:
    assert ask("POST", "/v1/credentials", {"title": "x" * 300}).status == 422
    assert len(ask("GET", "/v1/credentials").body["entries"]) == 2


def test_an_invited_person_is_listed_by_pages(house: House) -> None:
    ask("POST", "/v1/users", {"email": "Ann@Acme.io"})

    first = ask("GET", "/v1/users?limit=1").body
    second = ask("GET", f"/v1/users?limit=1&token={first['next_token']}").body

    assert [first["entries"][0]["email"], second["entries"][0]["email"]] == ["admin@acme.io", "ann@acme.io"]


def test_an_email_address_belongs_to_one_person(house: House) -> None:
    ask("POST", "/v1/users", {"email": "ann@acme.io"})

    assert ask("POST", "/v1/users", {"email": "ann@acme.io"}).status == 409


def test_a_tasker_invites_nobody(house: House) -> None:
    token = a_person(house, "tom@acme.io", OrgRole.TASKER)

    assert ask("POST", "/v1/users", {"email": "ann@acme.io"}, token).status == 403


def test_an_issued_token_works_until_it_is_revoked(house: House) -> None:
    issued = ask("POST", "/v1/credentials", {"title": "laptop"}).body
    assert ask("GET", "/v1/me", token=issued["token"]).status == 200

    ask("DELETE", f"/v1/credentials/{issued['id']}")

    assert ask("GET", "/v1/me", token=issued["token"]).body["message"] == "This credential was revoked."


def test_a_token_expires_after_its_days(house: House) -> None:
    issued = ask("POST", "/v1/credentials", {"title": "laptop", "days": 1}).body

    house.ports.clock.pass_time(86_400)  # type: ignore[attr-defined]

    assert ask("GET", "/v1/me", token=issued["token"]).status == 401


def test_a_token_is_stored_only_as_its_digest(house: House) -> None:
    issued = ask("POST", "/v1/credentials", {"title": "laptop"}).body

    assert issued["id"] == hashlib.sha256(issued["token"].encode()).hexdigest()
    assert ask("GET", "/v1/credentials").body["entries"][0]["token"] is None


def test_a_repeated_key_gets_the_first_answer_again(house: House) -> None:
    first = ask("POST", "/v1/users", {"email": "ann@acme.io"}, Idempotency_Key="k1")
    again = ask("POST", "/v1/users", {"email": "ann@acme.io"}, Idempotency_Key="k1")

    assert again.body == first.body
    assert again.headers["Idempotent-Replay"] == "true"


def test_a_repeated_key_with_another_body_is_a_conflict(house: House) -> None:
    ask("POST", "/v1/users", {"email": "ann@acme.io"}, Idempotency_Key="k1")

    assert ask("POST", "/v1/users", {"email": "bob@acme.io"}, Idempotency_Key="k1").status == 409


def test_a_refused_request_may_be_tried_again_under_its_key(house: House) -> None:
    assert ask("POST", "/v1/users", {"email": "nonsense"}, Idempotency_Key="k1").status == 422
    assert ask("POST", "/v1/users", {"email": "ann@acme.io"}, Idempotency_Key="k1").status == 200


def a_key(house: House) -> Ed25519PrivateKey:
    """A registered key of the Admin."""
    key = Ed25519PrivateKey.generate()
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert ask("POST", "/v1/credentials", {"title": "key", "public_key": line}).status == 200
    return key


def hex_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed(key: Ed25519PrivateKey, target: str, created: int, body: bytes = b"") -> dict[str, str]:
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    fields = '("@method" "@request-target" "content-digest")'
    params = f'{fields};created={created};keyid="{hex_of(key)}";alg="ed25519"'
    lines = ('"@method": GET', f'"@request-target": {target}', f'"content-digest": {digest}')
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {
        "Content_Digest": digest,
        "Signature_Input": f"encord-sig={params}",
        "Signature": f"encord-sig=:{signature}:",
    }


NOW = 1767225600


def test_a_message_signature_proves_its_key(house: House) -> None:
    key = a_key(house)

    assert ask("GET", "/v1/me", token=None, **signed(key, "/v1/me", NOW)).body["email"] == "admin@acme.io"


@pytest.mark.parametrize(("target", "created"), [("/v1/users", NOW), ("/v1/me", NOW - 301), ("/v1/me", NOW + 301)])
def test_a_signature_for_another_target_or_time_is_refused(house: House, target: str, created: int) -> None:
    key = a_key(house)

    assert ask("GET", "/v1/me", token=None, **signed(key, target, created)).status == 401


def test_a_signature_does_not_fit_another_body(house: House) -> None:
    key = a_key(house)

    assert ask("GET", "/v1/me", "other", token=None, **signed(key, "/v1/me", NOW)).status == 401


def test_a_raw_target_is_believed_only_for_its_own_path(house: House) -> None:
    key = a_key(house)
    captured = signed(key, "/v1/users", NOW)

    assert ask("GET", "/v1/me", token=None, **captured, X_Gloss_Raw_Target="/v1/users").status == 401


def test_a_legacy_signature_proves_nothing_on_our_own_urls(house: House) -> None:
    key = a_key(house)
    signature = key.sign(hashlib.sha256(b"").digest()).hex()

    assert ask("GET", "/v1/me", token=None, Authorization=f"{hex_of(key)}:{signature}").status == 401


def test_a_question_mark_in_a_path_begins_no_query() -> None:
    http = {"requestContext": {"http": {"method": "GET"}}}

    read = requests.read({**http, "rawPath": "/v1/me?x=y", "rawQueryString": "", "headers": {}})

    assert not any("?" in target for target in read.targets)
