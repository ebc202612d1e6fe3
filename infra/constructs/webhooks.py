"""What redelivers webhooks and calls rounds: a queue for the next minutes, schedules, the role in which they send."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.consumer import Queue


class Webhooks(Construct):
    """Probes of failing endpoints (docs/architecture.md, rulings on webhooks)."""

    def __init__(self, scope: Construct, *, seconds: int) -> None:
        super().__init__(scope, "Webhooks")
        self.redelivery = Queue(self, "Redelivery", seconds=seconds)
        self.group = scheduler.CfnScheduleGroup(self, "Schedules", name=f"{scope.node.id}-webhooks")
        self.role = iam.Role(self, "Sender", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        self.redelivery.queue.grant_send_messages(self.role)

    def open_to(self, function: lambda_.Function) -> None:
        """The function may set probes, now or later, and knows where."""
        self.redelivery.queue.grant_send_messages(function)
        self.role.grant_pass_role(function.grant_principal)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"],
                resources=[self._schedules()],
            )
        )
        for name, value in self._environment().items():
            function.add_environment(name, value)

    def _schedules(self) -> str:
        return Stack.of(self).format_arn(service="scheduler", resource="schedule", resource_name=f"{self.group.ref}/*")

    def _environment(self) -> dict[str, str]:
        return {
            "GLOSS_REDELIVERY_URL": self.redelivery.queue.queue_url,
            "GLOSS_REDELIVERY_ARN": self.redelivery.queue.queue_arn,
            "GLOSS_SCHEDULE_GROUP": self.group.ref,
            "GLOSS_SCHEDULE_ROLE": self.role.role_arn,
        }
