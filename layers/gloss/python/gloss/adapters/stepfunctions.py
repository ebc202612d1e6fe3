"""The state machines, started under names that make a second start harmless."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StepFunctions:
    """Machines by short name; `arns` says where each of them is."""

    def __init__(self, client: "SFNClient", arns: Mapping[str, str]) -> None:
        self._client, self._arns = client, arns

    def start(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        try:
            self._client.start_execution(stateMachineArn=self._arns[machine], name=name, input=json.dumps(payload))
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise

    def stop(self, machine: str, name: str) -> None:
        try:
            self._client.stop_execution(executionArn=self._execution(machine, name))
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ExecutionDoesNotExist":
                raise

    def is_running(self, machine: str, name: str) -> bool:
        try:
            answer = self._client.describe_execution(executionArn=self._execution(machine, name))
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ExecutionDoesNotExist":
                raise
            return False
        return answer["status"] == "RUNNING"

    def _execution(self, machine: str, name: str) -> str:
        return self._arns[machine].replace(":stateMachine:", ":execution:") + f":{name}"
