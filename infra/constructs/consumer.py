"""Functions behind a queue or a stream, and where goes what they could not take."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

RECEIVES: Final = 5
KEPT: Final = Duration.days(14)
OLDEST: Final = Duration.hours(6)
NEW: Final = {"eventName": lambda_.FilterRule.is_equal("INSERT")}


class Queue(Construct):
    """A queue and its dead-letter queue; messages are redriven as docs/operations.md says."""

    def __init__(self, scope: Construct, name: str, *, seconds: int) -> None:
        super().__init__(scope, name)
        self.dead = dead_letters(self, "Dead")
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=Duration.seconds(6 * seconds),
            retention_period=KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=RECEIVES),
        )

    def feed(self, function: lambda_.Function, *, at_once: int = 20) -> None:
        """One message a call, since one may take all the time that the function has; so many calls at once."""
        function.add_event_source(
            sources.SqsEventSource(self.queue, batch_size=1, report_batch_item_failures=True, max_concurrency=at_once)
        )


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """A queue for what nobody could take; an alarm watches it."""
    return sqs.Queue(scope, name, retention_period=KEPT, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True)


def read_stream(
    table: dynamodb.Table, function: lambda_.Function, *, dead: sqs.Queue, batch: int, only_firing: bool = False
) -> None:
    """Feed the table's new records to the function; what is too old or fails too often goes to `dead`."""
    rules = NEW | ({"dynamodb": {"NewImage": {"fires": {"BOOL": [True]}}}} if only_firing else {})
    function.add_event_source(
        sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=batch,
            filters=[lambda_.FilterCriteria.filter(rules)],
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=10,
            max_record_age=OLDEST,
            on_failure=sources.SqsDlq(dead),
        )
    )
