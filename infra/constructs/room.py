"""One function of a room, and the defaults of every function."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import archives
from infra.rooms import Handler

RUNTIME: Final = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE: Final = lambda_.Architecture.X86_64
RETENTION: Final = logs.RetentionDays.THREE_MONTHS


class Room(Construct):
    """The functions of one room: one log group together, one role each."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        layers: Mapping[str, lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name.title().replace("_", ""))
        self._name, self._layers, self._environment = name, layers, environment
        self._code = lambda_.Code.from_asset(str(archives.room(name)))
        self._log = logs.LogGroup(self, "Log", retention=RETENTION)

    def function(self, handler: Handler) -> lambda_.Function:
        """The function of a row of `infra.rooms`."""
        return lambda_.Function(
            self,
            handler.state,
            description=f"Gloss: {handler.room}, {handler.module}",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=self._code,
            handler=f"functions.{handler.room}.{handler.module}.handler",
            layers=[self._layers[name] for name in handler.every_layer],
            role=self._role(handler),
            memory_size=handler.memory_mb,
            timeout=Duration.seconds(handler.timeout_s),
            ephemeral_storage_size=Size.mebibytes(handler.scratch_mb),
            reserved_concurrent_executions=handler.at_once,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=self._log,
            environment=dict(self._environment) | {"POWERTOOLS_SERVICE_NAME": handler.room},
        )

    def _role(self, handler: Handler) -> iam.Role:
        role = iam.Role(self, f"{handler.state}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._log.grant_write(role)
        return role
