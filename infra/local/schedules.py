"""The emulator asks leave for every schedule as if it lay in the group `default`; AWS asks by the group it is in."""

import json
from typing import Any, Final

from infra.local.cloud import STACK, client
from infra.local.home import Home

POLICY: Final = "schedules-as-the-emulator-names-them"
GROUP_OF_ALL: Final = "schedule/default/*"


def allow_as_named(home: Home) -> None:
    """Whoever may change the schedules of one of the stack's groups may change them under the emulator's name."""
    iam = client(home, "iam")
    for role in _roles(home):
        found = [each for each in _statements(iam, role) if ":schedule/" in str(each["Resource"])]
        if found:
            named = [{**each, "Resource": _in_default(str(each["Resource"]))} for each in found]
            document = json.dumps({"Version": "2012-10-17", "Statement": named})
            iam.put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=document)


def _roles(home: Home) -> list[str]:
    pages: Any = client(home, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return [each["PhysicalResourceId"] for each in found if each["ResourceType"] == "AWS::IAM::Role"]


def _statements(iam: Any, role: str) -> list[dict[str, Any]]:
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in documents for statement in document["Statement"]]


def _in_default(arn: str) -> str:
    return arn.partition("schedule/")[0] + GROUP_OF_ALL
