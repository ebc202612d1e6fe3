"""One state machine, read from its ASL file."""

from collections.abc import Mapping

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.bootstrap import ROOT
from infra.constructs.room import RETENTION


class Machine(Construct):
    """`statemachines/<name>.asl.json`, where `${State}` is the function of that state and `${Objects}` the bucket."""

    def __init__(
        self, scope: Construct, name: str, *, states: Mapping[str, lambda_.IFunction], objects: s3.IBucket
    ) -> None:
        super().__init__(scope, "".join(word.capitalize() for word in name.split("_")) + "Machine")
        self.name = name
        text = (ROOT / "statemachines" / f"{name}.asl.json").read_text()
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions={state: function.function_arn for state, function in states.items()}
            | {"Objects": objects.bucket_name},
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(self, "Log", retention=RETENTION, removal_policy=RemovalPolicy.DESTROY),
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )
        for function in states.values():
            function.grant_invoke(self.machine)
        if '"DISTRIBUTED"' in text:
            objects.grant_read(self.machine)
            self._may_run_its_own_children()

    def let_start(self, function: lambda_.Function) -> None:
        """The function may start and stop runs, and finds the machine in its environment."""
        self.machine.grant_start_execution(function)
        self.machine.grant_execution(function, "states:StopExecution", "states:DescribeExecution")
        self.tell(function)

    def tell(self, function: lambda_.Function) -> None:
        """The function finds the machine in its environment."""
        function.add_environment(f"GLOSS_MACHINE_{self.name.upper()}", self.machine.state_machine_arn)

    def _may_run_its_own_children(self) -> None:
        """A distributed Map starts child runs of the machine itself; apart, since the role comes before the machine."""
        iam.Policy(
            self,
            "Children",
            roles=[self.machine.role],
            statements=[
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.machine.state_machine_arn]),
                iam.PolicyStatement(
                    actions=["states:DescribeExecution", "states:StopExecution"],
                    resources=[self._runs()],
                ),
            ],
        )

    def _runs(self) -> str:
        return Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.machine.state_machine_name}*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
