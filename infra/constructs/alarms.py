"""The alarms: whatever fails, waits too long or is thrown away tells one topic."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

FIVE_MINUTES: Final = Duration.minutes(5)
BEHIND_MS: Final = 60_000


class Alarms(Construct):
    """One topic, and an alarm for each thing that is watched."""

    def __init__(self, scope: Construct, *, key: kms.Key, email: str) -> None:
        super().__init__(scope, "Alarms")
        key.grant(iam.ServicePrincipal("cloudwatch.amazonaws.com"), "kms:Decrypt", "kms:GenerateDataKey*")
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def watch_function(self, name: str, function: lambda_.Function) -> None:
        """A call that failed."""
        self._alarm(f"{name}-fails", function.metric_errors(period=FIVE_MINUTES), 0)

    def watch_throttles(self) -> None:
        """Calls of any function that were turned away."""
        self._alarm("functions-throttled", lambda_.Function.metric_all_throttles(period=FIVE_MINUTES), 0)

    def watch_reader(self, name: str, function: lambda_.Function) -> None:
        """A stream that is read more than a minute late."""
        age = function.metric("IteratorAge", statistic="Maximum", period=FIVE_MINUTES)
        self._alarm(f"{name}-lags", age, BEHIND_MS)

    def watch_dead_letters(self, name: str, queue: sqs.IQueue) -> None:
        """A message that nobody could take."""
        depth = queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES)
        self._alarm(f"{name}-dead-letters", depth, 0)

    def watch_machine(self, name: str, machine: sfn.StateMachine) -> None:
        """A run that failed or never ended."""
        self._alarm(f"{name}-machine-fails", machine.metric_failed(period=FIVE_MINUTES), 0)
        self._alarm(f"{name}-machine-late", machine.metric_timed_out(period=FIVE_MINUTES), 0)

    def watch_api(self, api_id: str) -> None:
        """Answers of 500 and above."""
        metric = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="5xx",
            dimensions_map={"ApiId": api_id},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        self._alarm("api-faults", metric, 0)

    def _alarm(self, name: str, metric: cloudwatch.IMetric, threshold: float) -> None:
        cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        ).add_alarm_action(actions.SnsAction(self.topic))
