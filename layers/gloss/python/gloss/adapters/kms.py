"""Webhook secrets sealed under one KMS key, bound to their owner by the encryption context."""

import base64
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsSealer:
    """A sealer over one KMS key."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client, self._key_id = client, key_id

    def fresh(self, owner: str) -> tuple[str, str]:
        secret = secrets.token_hex(32)
        answer = self._client.encrypt(KeyId=self._key_id, Plaintext=secret.encode(), EncryptionContext={"owner": owner})
        return secret, base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str, owner: str) -> str:
        answer = self._client.decrypt(
            KeyId=self._key_id, CiphertextBlob=base64.b64decode(sealed), EncryptionContext={"owner": owner}
        )
        return answer["Plaintext"].decode()
