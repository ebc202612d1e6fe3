"""The composition: storage, layers, rooms, machines, API."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Config
from infra.constructs.api import Api
from infra.constructs.layers import Layers
from infra.constructs.machine import Machine
from infra.constructs.room import Room
from infra.constructs.storage import Storage
from infra.grants import GRANTS
from infra.rooms import DOORWAYS, FOUNDING, MACHINES, Handler


class Gloss(cdk.Stack):
    """Everything that Gloss is, in one stack."""

    def __init__(self, scope: Construct, *, settings: Config) -> None:
        super().__init__(scope, settings.stack_name, description="Gloss, an annotation data engine")
        self._settings = settings
        self.storage = Storage(self, allowed_origins=settings.allowed_origins)
        self.layers = Layers(self, names=_layers(), target=settings.layers).by_name
        self.rooms: dict[str, Room] = {}
        self.functions: dict[Handler, lambda_.Function] = {}
        self.machines = {name: self._machine(name, handlers) for name, handlers in MACHINES.items()}
        doorways = {handler.room: self._function(handler) for handler in DOORWAYS}
        founding = self._function(FOUNDING)
        self._start_machines()
        self.api = Api(self, doorways=doorways, allowed_origins=settings.allowed_origins)
        self._outputs(founding)

    def _function(self, handler: Handler) -> lambda_.Function:
        function = self._room(handler.room).function(handler)
        for grant in handler.grants:
            if grant in GRANTS:
                GRANTS[grant](self.storage, function)
        self.functions[handler] = function
        return function

    def _room(self, name: str) -> Room:
        if name not in self.rooms:
            self.rooms[name] = Room(self, name, layers=self.layers, environment=self._environment())
        return self.rooms[name]

    def _environment(self) -> dict[str, str]:
        return {
            "GLOSS_TABLE": self.storage.records.table_name,
            "GLOSS_OUTBOX": self.storage.outbox.table_name,
            "GLOSS_BUCKET": self.storage.objects.bucket_name,
            "GLOSS_KEY": self.storage.key.key_id,
            "GLOSS_WEBHOOK_ALLOW": self._settings.webhook_allow,
            "GLOSS_EXPLORER": self._settings.explorer,
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def _machine(self, name: str, handlers: Iterable[Handler]) -> Machine:
        states = {handler.state: self._function(handler) for handler in handlers}
        return Machine(self, name, states=states, objects=self.storage.objects)

    def _start_machines(self) -> None:
        """A grant `start:<machine>` lets a function start that machine and tells it where it is."""
        for handler, function in self.functions.items():
            for grant in handler.grants:
                if grant.startswith("start:"):
                    machine = self.machines[grant.removeprefix("start:")]
                    machine.machine.grant_start_execution(function)
                    function.add_environment(f"GLOSS_MACHINE_{machine.name.upper()}", machine.machine.state_machine_arn)

    def _outputs(self, founding: lambda_.Function) -> None:
        values = {
            "ApiId": self.api.http.api_id,
            "ApiUrl": self.api.http.api_endpoint,
            "Founding": founding.function_name,
            "Records": self.storage.records.table_name,
            "Outbox": self.storage.outbox.table_name,
            "Objects": self.storage.objects.bucket_name,
        }
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)


def _layers() -> Iterable[str]:
    """Every layer that some function is composed of."""
    rows = (*DOORWAYS, FOUNDING, *(handler for handlers in MACHINES.values() for handler in handlers))
    return {name for handler in rows for name in handler.every_layer}
