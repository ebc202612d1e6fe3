"""What the front, the gateway and the edge do with requests of every sort, on the local cloud."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from encord.configs import SshConfig
from requests import Request

from infra.local.demo.client import Client, Refused

SAID = ("content-type", "cache-control", "access-control-allow-origin")


def signed_by_the_sdk(gloss: dict[str, Any], path: str) -> dict[str, str]:
    """The headers that the public SDK signs a GET with, under the key that gloss.json names."""
    config = SshConfig.from_ssh_private_key(Path(gloss["ssh_key_file"]).read_text())
    prepared = config.define_headers_v2(Request("GET", gloss["url"] + path).prepare())
    return {name: str(value) for name, value in prepared.headers.items()}


def test_a_request_signed_by_the_sdk_passes_the_gateway(gloss: dict[str, Any]) -> None:
    path = "/v1/users?limit=1"

    answer = httpx.get(gloss["url"] + path, headers=signed_by_the_sdk(gloss, path))

    assert answer.json()["entries"][0]["email"].endswith("@example.com")


def test_a_signature_for_another_query_is_refused(gloss: dict[str, Any]) -> None:
    headers = signed_by_the_sdk(gloss, "/v1/users?limit=1")

    assert httpx.get(gloss["url"] + "/v1/users?limit=2", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"title": "x" * 300}, "title"),
        ({"title": "ok", "colour": "red"}, "colour"),
        ({"title": 7}, "title"),
        ({}, "title"),
    ],
)
def test_bad_input_is_refused_with_its_path_and_makes_nothing(admin: Client, body: Any, path: str) -> None:
    before = len(list(admin.every("/v1/datasets")))

    with pytest.raises(Refused) as refused:
        admin.post("/v1/datasets", body)

    assert (refused.value.status, refused.value.body["errors"][0]["path"]) == (422, path)
    assert len(list(admin.every("/v1/datasets"))) == before


def test_a_repeated_post_makes_one_dataset(admin: Client) -> None:
    first = admin.post("/v1/datasets", {"title": "once"}, **{"Idempotency-Key": "flow-once"})
    again = admin.post("/v1/datasets", {"title": "once"}, **{"Idempotency-Key": "flow-once"})

    assert first["id"] == again["id"]
    with pytest.raises(Refused, match="409"):
        admin.post("/v1/datasets", {"title": "twice"}, **{"Idempotency-Key": "flow-once"})


def test_an_unknown_id_is_not_found(admin: Client) -> None:
    with pytest.raises(Refused) as refused:
        admin.get("/v1/projects/00000000-0000-4000-8000-000000000000/tasks")

    assert refused.value.status == 404


def test_the_api_describes_itself(gloss: dict[str, Any]) -> None:
    described = httpx.get(gloss["url"] + "/v1/openapi.json").json()
    page = httpx.get(gloss["url"] + "/v1/docs")

    assert "/v1/projects/{project_id}/tasks" in described["paths"]
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/public", "/v1/projects"])
def test_the_deployed_distribution_and_the_local_front_refuse_alike(gloss: dict[str, Any], path: str) -> None:
    body, sent = b" " * (5 * 2**20 + 1), {"Content-Type": "application/json"}
    by_name = sent | {"Host": gloss["stack_outputs"]["FrontDomain"], "X-Forwarded-Proto": "https"}

    deployed = httpx.post(gloss["aws_endpoint"] + path, content=body, headers=by_name)
    local = httpx.post(gloss["url"] + path, content=body, headers=sent)

    assert (deployed.status_code, deployed.content) == (local.status_code, local.content)
    assert "/label-rows/{" in local.json()["message"]
    assert {name: local.headers[name] for name in SAID} == {name: deployed.headers[name] for name in SAID}
