"""Runs that ended before their time, and the function that hears of them."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.machine import Machine

LOST: Final = ("FAILED", "TIMED_OUT", "ABORTED")
OLDEST: Final = Duration.hours(6)


class LostRuns(Construct):
    """A rule on the bus where Step Functions tells how runs end; what cannot be delivered or fails goes to `dead`."""

    def __init__(
        self, scope: Construct, *, machines: Sequence[Machine], function: lambda_.Function, dead: sqs.Queue
    ) -> None:
        super().__init__(scope, "LostRuns")
        function.configure_async_invoke(
            on_failure=destinations.SqsDestination(dead), max_event_age=OLDEST, retry_attempts=2
        )
        for machine in machines:
            machine.tell(function)
        events.Rule(
            self,
            "Rule",
            description="Gloss: runs that failed, timed out or were stopped",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": list(LOST),
                    "stateMachineArn": [machine.machine.state_machine_arn for machine in machines],
                },
            ),
            targets=[targets.LambdaFunction(function, dead_letter_queue=dead, max_event_age=OLDEST)],
        )
