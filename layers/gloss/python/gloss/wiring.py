"""Environment to adapters: the only page that reads os.environ.

Each port is made once and kept; `standing_in(store=…)` puts another in its place, for tests of doorways.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from gloss.adapters.clients import make_client
from gloss.adapters.system import RandomIds, SystemClock
from gloss.clouds import Custody, Gate, Media, Vault
from gloss.domain.integration import Integration
from gloss.inbox import Inbox
from gloss.pictures import Decoder, Embedder, Mapper, TextEmbedder, Thumbnails
from gloss.ports import Blobs, Clock, Explorer, Ids, IndexBuilder, Machines, Ports, Store
from gloss.postal import Alarms, Mailroom, Queue, Sealer, Sender
from gloss.timetable import Timetable

if TYPE_CHECKING:
    from gloss.services.exploring import Desk

P = ParamSpec("P")
T = TypeVar("T")

#: The ids of the request that is being answered; set by the edge when it carries an Idempotency-Key.
request_ids: ContextVar[Ids | None] = ContextVar("request_ids", default=None)

_stand_ins: ContextVar[Mapping[str, Any]] = ContextVar("stand_ins", default={})  # noqa: B039 - never changed in place


@contextmanager
def standing_in(**ports: Any) -> Iterator[None]:
    """Use these in place of the ports of the same name for a while."""
    token = _stand_ins.set({**_stand_ins.get(), **ports})
    try:
        yield
    finally:
        _stand_ins.reset(token)


def port(make: Callable[P, T]) -> Callable[P, T]:
    """A port that is made once for each set of arguments, unless something stands in for it."""
    kept = cache(make)

    @wraps(make)
    def get(*args: P.args, **kwargs: P.kwargs) -> T:
        given: T | None = _stand_ins.get().get(make.__name__)
        return kept(*args, **kwargs) if given is None else given  # type: ignore[arg-type]

    return get


@port
def client(service: str) -> Any:
    """A client of this environment."""
    return make_client(service)


@port
def store() -> Store:
    from gloss.adapters.dynamodb import DynamoStore

    return DynamoStore(client("dynamodb"), os.environ["GLOSS_TABLE"], os.environ["GLOSS_OUTBOX"])


@port
def blobs() -> Blobs:
    from gloss.adapters.s3blobs import S3Blobs

    return S3Blobs(client("s3"), os.environ["GLOSS_BUCKET"])


@port
def media(integration: Integration | None = None) -> Media:
    """Customers' media with an integration's secret or role; without one, with our own role and by public https."""
    from gloss.adapters.reaching import Surroundings, media_of

    return media_of(
        integration, Surroundings(client, make_client, os.environ["GLOSS_BUCKET"], clock(), vault, _trusted())
    )


@port
def inbox() -> Inbox:
    """Uploaded files in Gloss's own bucket."""
    from gloss.adapters.s3uploads import S3Inbox

    return S3Inbox(client("s3"), os.environ["GLOSS_BUCKET"])


def _trusted() -> frozenset[str]:
    """Hosts that integrations may reach without https and on private addresses; none on AWS."""
    return frozenset(filter(None, os.environ["GLOSS_MEDIA_ALLOW"].split(",")))


@port
def ambient_media() -> Media:
    """The buckets that the credentials of this machine open, for who calls from a command line."""
    from gloss.adapters.s3media import S3Media

    return S3Media(lambda: client("s3"), own="")


@port
def vault() -> Vault:
    from gloss.adapters.secrets import SecretsManagerVault

    return SecretsManagerVault(client("secretsmanager"), os.environ["GLOSS_SECRETS"])


@port
def gate() -> Gate:
    from gloss.adapters.addresses import PublicGate

    return PublicGate(_trusted())


def custody() -> Custody:
    """The ports of whoever keeps integrations."""
    return Custody(store(), clock(), ids(), vault(), gate())


@port
def machines() -> Machines:
    from gloss.adapters.stepfunctions import StepFunctions

    return StepFunctions(client("stepfunctions"), machine_arns())


@port
def machine_arns() -> Mapping[str, str]:
    """Where the machines are that this function knows of."""
    prefix = "GLOSS_MACHINE_"
    return {name.removeprefix(prefix).lower(): arn for name, arn in os.environ.items() if name.startswith(prefix)}


@port
def timetable() -> Timetable:
    """Daily syncs of folders."""
    from gloss.adapters.timetables import Desk, SchedulerTimetable

    desk = Desk(
        group=os.environ["GLOSS_TIMETABLE_GROUP"],
        role_arn=os.environ["GLOSS_TIMETABLE_ROLE"],
        dead_arn=os.environ["GLOSS_TIMETABLE_DEAD"],
    )
    return SchedulerTimetable(client("scheduler"), desk, machine_arns())


@port
def clock() -> Clock:
    return SystemClock()


@port
def fresh_ids() -> Ids:
    return RandomIds()


def ids() -> Ids:
    """The ids of this request: the same again under the same Idempotency-Key."""
    return request_ids.get() or fresh_ids()


def ports() -> Ports:
    """The five ports that most services take; tasks that a convoy has reserved are guarded."""
    from gloss.services.guarding import guarded

    return guarded(Ports(store(), blobs(), machines(), clock(), ids()))


@port
def sender() -> Sender:
    from gloss.adapters.webhooks import HttpSender

    return HttpSender(frozenset(filter(None, os.environ["GLOSS_WEBHOOK_ALLOW"].split(","))))


@port
def sealer() -> Sealer:
    from gloss.adapters.kms import KmsSealer

    return KmsSealer(client("kms"), os.environ["GLOSS_KEY"])


@port
def redelivery() -> Queue:
    """The queue of the webhooks' probes."""
    return _queue("GLOSS_REDELIVERY_URL")


@port
def due_scores() -> Queue:
    """The queue of scores that are to be reckoned."""
    return _queue("GLOSS_SCORES_URL")


@port
def strays() -> Queue:
    """The queue of stream records that nobody could read."""
    return _queue("GLOSS_STRAYS_URL")


def _queue(variable: str) -> Queue:
    from gloss.adapters.queues import SqsQueue

    return SqsQueue(client("sqs"), os.environ[variable])


@port
def alarms() -> Alarms:
    from gloss.adapters.schedules import QueueAlarms, Target

    group, role_arn = os.environ["GLOSS_SCHEDULE_GROUP"], os.environ["GLOSS_SCHEDULE_ROLE"]
    target = Target(queue_arn=os.environ["GLOSS_REDELIVERY_ARN"], group=group, role_arn=role_arn)
    return QueueAlarms(redelivery(), client("scheduler"), target, clock())


def mailroom() -> Mailroom:
    """The ports of whoever sends webhooks."""
    return Mailroom(store(), clock(), ids(), sender(), sealer(), redelivery(), alarms())


@port
def decoder() -> Decoder:
    """Frames of customers' media."""
    from gloss.adapters.decoding.decoder import MediaDecoder

    return MediaDecoder(_media_by_id)


@port
def thumbnails() -> Thumbnails:
    from gloss.adapters.decoding.pictures import JpegThumbnails

    return JpegThumbnails()


def _media_by_id(integration_id: str | None) -> Media:
    from gloss.kinds.register import INTEGRATIONS, integration_key

    return media(store().get(INTEGRATIONS, integration_key(integration_id)) if integration_id else None)


@port
def embedder() -> Embedder:
    """The packaged models, in functions that have the embedding layer."""
    from gloss.adapters.embed_local import LocalEmbedder, packaged

    return LocalEmbedder(packaged())


@port
def words() -> TextEmbedder:
    """The text model, in a function of its own."""
    from gloss.adapters.embed_remote import RemoteWords

    return RemoteWords(client("lambda"), os.environ["GLOSS_VECTORISE"])


@port
def mapper() -> Mapper:
    from gloss.adapters.map_tsne import TsneMapper

    return TsneMapper()


@port
def index_builder() -> IndexBuilder:
    from gloss.adapters.explorer_build import DuckIndexBuilder

    return DuckIndexBuilder(blobs())


@port
def explorer() -> Explorer:
    """The explorer index; its files are kept in /tmp while the function is warm."""
    from gloss.adapters.explorer_duckdb import DuckExplorer

    return DuckExplorer(blobs(), Path(gettempdir()) / "gloss-explorer")


def desk() -> "Desk":
    """The ports that exploring takes."""
    from gloss.services.exploring import Desk

    return Desk(ports(), explorer())
