"""Daily runs of a machine: the schedules that rooms put there, and the role in which they start it."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class Timetable(Construct):
    """A group of schedules, empty until somebody wants a daily sync; what cannot start goes to `dead`."""

    def __init__(self, scope: Construct, *, machine: sfn.StateMachine, dead: sqs.Queue) -> None:
        super().__init__(scope, "Timetable")
        self._machine, self._dead = machine, dead
        self.group = scheduler.CfnScheduleGroup(self, "Schedules", name=f"{scope.node.id}-timetable")
        self.role = iam.Role(self, "Starter", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        machine.grant_start_execution(self.role)
        dead.grant_send_messages(self.role)

    def open_to(self, function: lambda_.Function) -> None:
        """The function may put folders into the timetable and take them off, and knows where."""
        self.role.grant_pass_role(function.grant_principal)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["scheduler:CreateSchedule", "scheduler:DeleteSchedule"], resources=[self._schedules()]
            )
        )
        for name, value in self._environment().items():
            function.add_environment(name, value)

    def _schedules(self) -> str:
        return Stack.of(self).format_arn(service="scheduler", resource="schedule", resource_name=f"{self.group.ref}/*")

    def _environment(self) -> dict[str, str]:
        return {
            "GLOSS_TIMETABLE_GROUP": self.group.ref,
            "GLOSS_TIMETABLE_ROLE": self.role.role_arn,
            "GLOSS_TIMETABLE_DEAD": self._dead.queue_arn,
        }
