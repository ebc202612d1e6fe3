"""The template as a value: what `cdk synth` would write, and what the rule packs find in it."""

import json
import os
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Annotations, Match

from infra.app import build
from infra.bootstrap import ROOT


@dataclass(frozen=True)
class Synthesis:
    """A stack's template, and the findings that nobody acknowledged, as `rule: where`."""

    template: dict[str, Any]
    findings: list[str]


def synthesise(**switches: str) -> Synthesis:
    """The stack under the context of cdk.json, with some switches set otherwise."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | switches
    app = build(context)
    stack = app.node.children[0]
    assert isinstance(stack, cdk.Stack)
    template = app.synth().get_stack_by_name(stack.stack_name).template
    return Synthesis(template, _findings(stack))


def _findings(stack: cdk.Stack) -> list[str]:
    told = Annotations.from_stack(stack)
    anything = Match.string_like_regexp(".*")
    return [
        f"{each.entry.data}: {each.id}" for find in (told.find_error, told.find_warning) for each in find("*", anything)
    ]


def main() -> None:
    """Write the template to `.build/template.json`."""
    target = ROOT / ".build" / "template.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(synthesise().template, indent=1))
    print(f"The template is in {os.path.relpath(target)}.")
