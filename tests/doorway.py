"""Calling a doorway as the gateway does, with everything behind it in memory."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from gloss import wiring
from gloss.adapters.addresses import PublicGate
from gloss.adapters.memory import MemoryVault, memory_ports
from gloss.domain.access import OrgRole, Role
from gloss.domain.identity import Credential, CredentialKind, EmailClaim, Grant, User
from gloss.domain.model import OrgId, UserId
from gloss.kinds.identity import CREDENTIALS, EMAILS, GRANTS, USERS
from gloss.ports import Ports, Save
from gloss.services.authorising import token_digest
from gloss.services.founding import Founded, Founding, found_organisation

ADMIN_TOKEN = "admin-token"
PUBLIC_KEY = "ab" * 32


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class House:
    """An organisation with its Admin, all in memory."""

    ports: Ports
    founded: Founded


@contextmanager
def a_house(**more: Any) -> Iterator[House]:
    """An organisation whose Admin holds ADMIN_TOKEN; `more` stands in for further ports."""
    ports = memory_ports()
    founding = Founding(title="Acme", admin_email="admin@acme.io", bearer=ADMIN_TOKEN, public_key=PUBLIC_KEY)
    founded = found_organisation(founding, ports)
    named = {"store": ports.store, "blobs": ports.blobs, "machines": ports.machines, "clock": ports.clock}
    named |= {"vault": MemoryVault(), "gate": PublicGate(frozenset())}
    with wiring.standing_in(**{**named, "fresh_ids": ports.ids, **more}):
        yield House(ports, founded)


def a_person(house: House, email: str, org_role: OrgRole = OrgRole.MEMBER) -> str:
    """Another person of the organisation; returns their bearer token."""
    token, now = f"token of {email}".replace(" ", "-"), house.ports.clock.now()
    user_id, org_id = UserId(f"user-{email}"), OrgId(house.founded.org_id)
    user = User(id=user_id, org_id=org_id, email=email, org_role=org_role, created_at=now)
    credential = Credential(
        id=token_digest(token),
        kind=CredentialKind.BEARER,
        user_id=user_id,
        org_id=org_id,
        title="test",
        created_at=now,
    )
    claim = EmailClaim(email=user.email, user_id=user_id)
    house.ports.store.commit([Save(USERS, user), Save(CREDENTIALS, credential), Save(EMAILS, claim)])
    return token


def grant(house: House, email: str, resource: str, role: Role) -> None:
    """Give a person made by `a_person` a role on a resource such as `project:<id>`."""
    given = Grant(
        resource=resource,
        user_id=UserId(f"user-{email}"),
        org_id=house.founded.org_id,
        email=email,
        role=role,
        granted_at=house.ports.clock.now(),
    )
    house.ports.store.commit([Save(GRANTS, given)])


def call(
    handler: Callable[[dict[str, Any], Any], dict[str, Any]],
    method: str,
    path: str,
    body: Any = None,
    token: str | None = ADMIN_TOKEN,
    **headers: str,
) -> Answered:
    """One HTTP call; header names with underscores, a dict is sent as JSON, text as it is."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    answer = handler(an_http_event(method, path, body, sent), None)
    given = answer.get("body") or ""
    is_json = "json" in str(answer["headers"].get("Content-Type", ""))
    return Answered(answer["statusCode"], answer["headers"], json.loads(given) if is_json and given else given)


def an_http_event(method: str, path: str, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """An HTTP API event, payload version 2.0."""
    bare, _, query = path.partition("?")
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    pairs = dict(parse_qsl(query)) or None
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": bare,
        "rawQueryString": query,
        "headers": {"content-type": "application/json", **headers},
        "queryStringParameters": pairs,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "api.test",
            "http": {
                "method": method,
                "path": bare,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "body": text,
        "isBase64Encoded": False,
    }


def query(path: str, **params: Any) -> str:
    """A path with its query string."""
    return f"{path}?{urlencode(params)}"
