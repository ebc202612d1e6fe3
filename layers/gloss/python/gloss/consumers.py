"""The edge of functions behind a stream, a queue or a rule: what comes is read, work done, what failed told by name."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from gloss import wiring
from gloss.adapters import streams
from gloss.domain.lost_run import LostRun
from gloss.domain.model import Value
from gloss.services.relaying import Arrived

In = TypeVar("In", bound=Value)
Handler = Callable[[dict[str, Any], Any], Any]

logger = Logger(service="gloss")


def of_stream(work: Callable[[list[Arrived]], object]) -> Handler:
    """A handler of the outbox's stream: unreadable records go to the strays' queue, a failure repeats the batch."""

    def handle(event: dict[str, Any], _context: Any) -> Mapping[str, Any]:
        arrived, strays = streams.read(event["Records"])
        for stray in strays:
            wiring.strays().send(stray)
        work(arrived)
        logger.info("relayed", worker=work.__module__, events=len(arrived), strays=len(strays))
        return {"batchItemFailures": []}

    return handle


def of_queue(work: Callable[[In], object]) -> Handler:
    """A handler of a queue whose messages are one Value each, or one of several; those that fail come again."""
    model: TypeAdapter[In] = TypeAdapter(next(hint for name, hint in get_type_hints(work).items() if name != "return"))

    def take(record: SQSRecord) -> None:
        outcome = work(model.validate_json(record.body))
        logger.info("took", worker=work.__module__, message_id=record.message_id, outcome=str(outcome))

    def handle(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event, take, processor, context)

    return handle


def of_lost_runs(work: Callable[[LostRun], None]) -> Handler:
    """A handler of EventBridge's word of a run that ended badly; a failure makes Lambda call again."""

    def handle(event: dict[str, Any], _context: Any) -> None:
        detail, names = event["detail"], {arn: name for name, arn in wiring.machine_arns().items()}
        lost = LostRun(
            machine=names[detail["stateMachineArn"]],
            name=detail["name"],
            why=detail.get("error") or f"its run was {detail['status']}",
            payload=json.loads(detail["input"]),
        )
        work(lost)
        logger.info("heeded", machine=lost.machine, run=lost.name, why=lost.why)

    return handle
