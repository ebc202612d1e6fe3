"""Vaults keep one contract; Secrets Manager keeps every secret under the deployment's own prefix."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from gloss.adapters.memory import MemoryVault
from gloss.adapters.secrets import SecretsManagerVault
from gloss.clouds import Vault
from gloss.domain.errors import NotFound
from tests import aws


@pytest.fixture
def manager() -> Iterator[Any]:
    with mock_aws():
        yield aws.client("secretsmanager", "eu-west-1")


@pytest.fixture(params=["memory", "secrets manager"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "memory":
        return MemoryVault()
    return SecretsManagerVault(request.getfixturevalue("manager"), "gloss/integrations/gloss-main/")


def test_what_is_put_is_got_and_what_is_put_again_replaces_it(vault: Vault) -> None:
    vault.put("one", {"kind": "bearer", "token": "t"})
    vault.put("one", {"kind": "bearer", "token": "new"})

    assert vault.get("one") == {"kind": "bearer", "token": "new"}


def test_what_is_removed_is_gone_and_may_be_removed_again(vault: Vault) -> None:
    vault.put("one", {"kind": "bearer", "token": "t"})
    vault.remove("one")
    vault.remove("one")

    with pytest.raises(NotFound):
        vault.get("one")


def test_secrets_lie_under_the_prefix_of_the_deployment(manager: Any) -> None:
    SecretsManagerVault(manager, "gloss/integrations/gloss-main/").put("one", {"kind": "bearer", "token": "t"})

    assert [each["Name"] for each in manager.list_secrets()["SecretList"]] == ["gloss/integrations/gloss-main/one"]
