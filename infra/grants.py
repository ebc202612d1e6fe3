"""What a row of `infra.rooms` may ask for, by name: the permissions, and the variables that say where the thing is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from infra.constructs.storage import Storage
from infra.constructs.webhooks import Webhooks

#: Never Scan: no path reads a whole table.
RECORD_ACTIONS: Final = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
)
VAULT_ACTIONS: Final = ("secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret")
OBJECT_ACTIONS: Final = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")


@dataclass(frozen=True)
class Surroundings:
    """What functions may be let at."""

    storage: Storage
    webhooks: Webhooks
    strays: sqs.Queue
    scores: sqs.Queue


Grant = Callable[[Surroundings, lambda_.Function], None]


def records(around: Surroundings, function: lambda_.Function) -> None:
    """Records by key and index, and their events into the outbox."""
    around.storage.records.grant(function, *RECORD_ACTIONS)
    around.storage.outbox.grant(function, "dynamodb:PutItem")


def objects(around: Surroundings, function: lambda_.Function) -> None:
    """Gloss's own objects."""
    bucket = around.storage.objects
    _allow(function, OBJECT_ACTIONS, bucket.arn_for_objects("*"))
    _allow(function, ("s3:ListBucket",), bucket.bucket_arn)


def uploads(around: Surroundings, function: lambda_.Function) -> None:
    """The mark of uploaded files that are not kept yet."""
    place = around.storage.objects.arn_for_objects("uploads/*")
    _allow(function, ("s3:PutObjectTagging", "s3:DeleteObjectTagging"), place)


def sealed(around: Surroundings, function: lambda_.Function) -> None:
    """The key under which webhook secrets are kept."""
    around.storage.key.grant(function, "kms:Encrypt", "kms:Decrypt")


def webhooks(around: Surroundings, function: lambda_.Function) -> None:
    """Webhooks: their secrets, and the probes that redeliver them."""
    sealed(around, function)
    around.webhooks.open_to(function)


def strays(around: Surroundings, function: lambda_.Function) -> None:
    """The queue of stream records that nobody could read."""
    around.strays.grant_send_messages(function)
    function.add_environment("GLOSS_STRAYS_URL", around.strays.queue_url)


def scores(around: Surroundings, function: lambda_.Function) -> None:
    """The queue of scores that are to be reckoned."""
    around.scores.grant_send_messages(function)
    function.add_environment("GLOSS_SCORES_URL", around.scores.queue_url)


def media(_: Surroundings, function: lambda_.Function) -> None:
    """Customers' media, in the role that an integration names or with its secret."""
    _allow(function, ("sts:AssumeRole",), "arn:aws:iam::*:role/*")
    _allow(function, ("secretsmanager:GetSecretValue",), _secrets(function))


def vault(_: Surroundings, function: lambda_.Function) -> None:
    """Keeping the secrets of integrations."""
    _allow(function, VAULT_ACTIONS, _secrets(function))


def secrets_prefix(stack_name: str) -> str:
    """What the names of a stack's secrets begin with."""
    return f"gloss/integrations/{stack_name}/"


def _secrets(function: lambda_.Function) -> str:
    stack = Stack.of(function)
    name = f"{secrets_prefix(stack.stack_name)}*"
    return stack.format_arn(
        service="secretsmanager", resource="secret", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )


GRANTS: Final[Mapping[str, Grant]] = {
    "records": records,
    "objects": objects,
    "uploads": uploads,
    "sealed": sealed,
    "webhooks": webhooks,
    "strays": strays,
    "scores": scores,
    "media": media,
    "vault": vault,
}


def _allow(function: lambda_.Function, actions: tuple[str, ...], resource: str) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
