"""The secrets of integrations in Secrets Manager, under this deployment's own prefix."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from gloss.domain.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

GONE: Final = "ResourceNotFoundException"
THERE: Final = "ResourceExistsException"


class SecretsManagerVault:
    """A vault of secrets named `<prefix><name>`."""

    def __init__(self, client: "SecretsManagerClient", prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def put(self, name: str, secret: Mapping[str, Any]) -> None:
        named, text = self._prefix + name, json.dumps(secret, sort_keys=True)
        try:
            self._client.create_secret(Name=named, SecretString=text, Description="Gloss: a cloud integration's secret")
        except ClientError as refused:
            if _code(refused) != THERE:
                raise
            self._client.put_secret_value(SecretId=named, SecretString=text)

    def get(self, name: str) -> Mapping[str, Any]:
        try:
            answer = self._client.get_secret_value(SecretId=self._prefix + name)
        except ClientError as refused:
            if _code(refused) != GONE:
                raise
            raise NotFound("There is no such secret.") from refused
        stored: Mapping[str, Any] = json.loads(answer["SecretString"])
        return stored

    def remove(self, name: str) -> None:
        """At once: names are ids and never used again, so there is nothing to wait for."""
        try:
            self._client.delete_secret(SecretId=self._prefix + name, ForceDeleteWithoutRecovery=True)
        except ClientError as refused:
            if _code(refused) != GONE:
                raise


def _code(refused: ClientError) -> str:
    return str(refused.response["Error"].get("Code", ""))
