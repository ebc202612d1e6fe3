"""Ways to read a template: resources by type, statements of policies, what a reference points to."""

import json
from collections.abc import Iterator
from typing import Any

Resource = dict[str, Any]
Template = dict[str, Any]


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def properties(template: Template, kind: str) -> list[Resource]:
    return [each["Properties"] for each in of_type(template, kind).values()]


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy that a role carries, with the policy's name."""
    for name, policy in of_type(template, "AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield name, statement


def every(value: Any) -> list[Any]:
    """A value of a policy as a list, whether it was one or many."""
    return value if isinstance(value, list) else [value]


def target(reference: Any) -> str:
    """The logical id behind `Ref` or `Fn::GetAtt`."""
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])


def mentions(value: Any, text: str) -> bool:
    return text in json.dumps(value)


def without_redrive(template: Template) -> list[str]:
    """The queues that pass nothing on: dead-letter queues."""
    queues = of_type(template, "AWS::SQS::Queue")
    return [name for name, queue in queues.items() if "RedrivePolicy" not in queue["Properties"]]
