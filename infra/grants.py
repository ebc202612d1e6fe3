"""What a row of `infra.rooms` may ask for, by name, and the permissions that stand behind it."""

from collections.abc import Callable, Mapping
from typing import Final

from aws_cdk import aws_lambda as lambda_

from infra.constructs.storage import Storage

#: Never Scan: no request path reads a whole table.
RECORD_ACTIONS: Final = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
)


def records(storage: Storage, function: lambda_.Function) -> None:
    """Records by key and index, and their events into the outbox."""
    storage.records.grant(function, *RECORD_ACTIONS)
    storage.outbox.grant(function, "dynamodb:PutItem")


def objects(storage: Storage, function: lambda_.Function) -> None:
    """Gloss's own objects."""
    storage.objects.grant_read_write(function)


def secrets(storage: Storage, function: lambda_.Function) -> None:
    """The key under which webhook secrets are kept."""
    storage.key.grant_encrypt_decrypt(function)


GRANTS: Final[Mapping[str, Callable[[Storage, lambda_.Function], None]]] = {
    "records": records,
    "objects": objects,
    "secrets": secrets,
}
