"""The composition: storage, layers, rooms, machines, readers, API and its front, alarms."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import rooms
from infra.config import Config
from infra.constructs.alarms import Alarms
from infra.constructs.api import Api
from infra.constructs.consumer import Queue, dead_letters, read_stream
from infra.constructs.front import Front
from infra.constructs.layers import Layers
from infra.constructs.lost_runs import LostRuns
from infra.constructs.machine import Machine
from infra.constructs.room import Room
from infra.constructs.storage import Storage
from infra.constructs.timetable import Timetable
from infra.constructs.webhooks import Webhooks
from infra.grants import GRANTS, Surroundings, secrets_prefix
from infra.rooms import Handler


class Gloss(cdk.Stack):
    """Everything that Gloss is, in one stack."""

    def __init__(self, scope: Construct, *, settings: Config) -> None:
        super().__init__(scope, settings.stack_name, description="Gloss, an annotation data engine")
        self.settings = settings
        self.storage = Storage(self, allowed_origins=settings.allowed_origins)
        self.strays = dead_letters(self, "Strays")
        self.webhooks = Webhooks(self, seconds=rooms.REDELIVER.timeout_s)
        self.scores = Queue(self, "Scores", seconds=rooms.SCORE.timeout_s)
        self.around = Surroundings(self.storage, self.webhooks, self.strays, self.scores.queue)
        self.layers = Layers(self, names=rooms.layers(), target=settings.layers).by_name
        self.rooms: dict[str, Room] = {}
        self.functions: dict[Handler, lambda_.Function] = {}
        self.machines = {name: self._machine(name, handlers) for name, handlers in rooms.MACHINES.items()}
        self._read_outbox()
        self.webhooks.redelivery.feed(self._function(rooms.REDELIVER))
        self.scores.feed(self._function(rooms.SCORE), at_once=5)
        doorways = {handler.room: self._function(handler) for handler in rooms.DOORWAYS}
        self.api = Api(self, doorways=doorways, allowed_origins=settings.allowed_origins)
        self.address = self._address()
        founding = self._function(rooms.FOUNDING)
        self._let_read_words()
        self._let_start_machines()
        self._let_keep_time()
        self._heed_lost_runs()
        self._watch()
        self._outputs(founding)

    def _function(self, handler: Handler) -> lambda_.Function:
        function = self._room(handler.room).function(handler)
        for grant in handler.grants:
            if grant in GRANTS:
                GRANTS[grant](self.around, function)
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
            "GLOSS_WEBHOOK_ALLOW": self.settings.webhook_allow,
            "GLOSS_MEDIA_ALLOW": self.settings.media_allow,
            "GLOSS_SECRETS": secrets_prefix(self.settings.stack_name),
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def _machine(self, name: str, handlers: Iterable[Handler]) -> Machine:
        states = {handler.state: self._function(handler) for handler in handlers}
        return Machine(self, name, states=states, objects=self.storage.objects)

    def _read_outbox(self) -> None:
        """Two readers and no more: a shard of a stream carries two."""
        fire, fold = self._function(rooms.FIRE), self._function(rooms.FOLD)
        read_stream(self.storage.outbox, fire, dead=self.strays, batch=25, only_firing=True)
        read_stream(self.storage.outbox, fold, dead=self.strays, batch=100)

    def _let_read_words(self) -> None:
        """A grant `words` lets a function ask for a sentence's vector: the text model has a function of its own."""
        vectorise = self._function(rooms.VECTORISE)
        for handler, function in self.functions.items():
            if "words" in handler.grants:
                vectorise.grant_invoke(function)
                function.add_environment("GLOSS_VECTORISE", vectorise.function_name)

    def _let_start_machines(self) -> None:
        """A grant `start:<machine>` lets a function start and stop that machine and tells it where it is."""
        for handler, function in self.functions.items():
            for name in handler.starts:
                self.machines[name].let_start(function)

    def _let_keep_time(self) -> None:
        """A grant `timetable` lets a function put folders into the timetable of daily syncs, and take them off."""
        timetable = Timetable(self, machine=self.machines["folder_sync"].machine, dead=self.strays)
        for handler, function in self.functions.items():
            if "timetable" in handler.grants:
                timetable.open_to(function)

    def _heed_lost_runs(self) -> None:
        heeded = [self.machines[name] for name in rooms.HEEDED]
        LostRuns(self, machines=heeded, function=self._function(rooms.HEED), dead=self.strays)

    def _watch(self) -> None:
        alarms = Alarms(self, key=self.storage.key, email=self.settings.alarm_email)
        for handler, function in self.functions.items():
            alarms.watch_function(handler.name, function)
        for handler in (rooms.FIRE, rooms.FOLD):
            alarms.watch_reader(handler.name, self.functions[handler])
        for name, machine in self.machines.items():
            alarms.watch_machine(name, machine.machine)
        alarms.watch_dead_letters("strays", self.strays)
        alarms.watch_dead_letters("webhooks", self.webhooks.redelivery.dead)
        alarms.watch_dead_letters("scores", self.scores.dead)
        alarms.watch_throttles()
        alarms.watch_api(self.api.http.api_id)

    def _address(self) -> str:
        """Where people, agents and scripts reach the API."""
        if not self.settings.front:
            return self.api.http.api_endpoint
        front = Front(self, http=self.api.http, domain=self.settings.domain, certificate=self.settings.certificate)
        cdk.CfnOutput(self, "FrontDomain", value=front.distribution.distribution_domain_name)
        return front.address

    def _outputs(self, founding: lambda_.Function) -> None:
        values = {
            "ApiId": self.api.http.api_id,
            "ApiUrl": self.address,
            "GatewayUrl": self.api.http.api_endpoint,
            "Founding": founding.function_name,
            "Records": self.storage.records.table_name,
            "Outbox": self.storage.outbox.table_name,
            "Objects": self.storage.objects.bucket_name,
        }
        machines = {f"{machine.node.id}Arn": machine.machine.state_machine_arn for machine in self.machines.values()}
        for name, value in (values | machines).items():
            cdk.CfnOutput(self, name, value=value)
