"""The commands of the Makefile, by name."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from infra import redrive
from infra.bootstrap import ROOT
from infra.local import emulator, instance, locks, processes
from infra.local.home import here
from infra.local.tools import run, together

CHECKED: Final = ("layers", "functions", "infra", "tests", "bench")
SIDE_BY_SIDE: Final = ("domain", "services", "probes", "adapters", "functions", "statemachines")
#: What `check` runs, since it builds layers; what starts a local cloud, which is one at a time; what is run apart.
TEMPLATES: Final = "infra"
FLOWS: Final = "flows"
CONFORMANCE: Final = "conformance"


def demo() -> None:
    """Up, then the main job through HTTP."""
    from infra.local.demo import run as walk

    begun = time.monotonic()
    raise SystemExit(walk.run(instance.up(here()), begun))


def up() -> None:
    """Start, deploy what changed, found the organisation, wait until a health check answers."""
    home = instance.up(here())
    print(f"Gloss answers at {home.url}; how to reach it stands in {home.described}.")


def down() -> None:
    """Stop the processes; the data stay."""
    instance.down(here())


def reset() -> None:
    """Stop, and forget the data."""
    instance.forget(here())


def status() -> None:
    """Say what runs."""
    home = here()
    for name in (emulator.NAME, instance.FRONT):
        print(f"{name}: {'running' if processes.running(home, name) else 'stopped'}")


def test() -> None:
    """Every test but those of `check` and `conformance`: the flows, which mostly wait, beside the fast ones."""
    present = sorted(path.name for path in (ROOT / "tests").iterdir() if list(path.rglob("test_*.py")))
    others = [name for name in present if name not in {*SIDE_BY_SIDE, TEMPLATES, FLOWS, CONFORMANCE}]
    fast = [f"tests/{name}" for name in (*SIDE_BY_SIDE, *others)]
    together(["pytest", "-n", "2", "--dist", "loadfile", *fast], ["pytest", f"tests/{FLOWS}"])


def conformance() -> None:
    """The public SDK and its agents, unmodified, against a local cloud of its own; and Amazon's DynamoDB as a peer."""
    run("pytest", "-n", "3", "--dist", "loadfile", f"tests/{CONFORMANCE}")


def check() -> None:
    """Format, lint, types, the rules of the house, cfn-lint and cdk-nag on the synthesised template."""
    folders = [name for name in CHECKED if list((ROOT / name).rglob("*.py"))]
    run("ruff", "format", "--check", *folders)
    run("ruff", "check", *folders)
    together(["pytest", f"tests/{TEMPLATES}"], ["mypy"])


def tidy() -> None:
    """Format, and mend what the linter can mend."""
    run("ruff", "format", *CHECKED)
    run("ruff", "check", "--fix", *CHECKED)


def docs() -> None:
    """Write the pages that are made from the code."""
    os.environ["PYTHONPATH"] = str(ROOT / "layers" / "gloss" / "python")
    run("python", "-m", "infra.documents")


def synth() -> None:
    """The template as it would be deployed to AWS, in `.build/cdk.out`."""
    run("cdk", "synth", "--quiet", *sys.argv[2:])


def deploy() -> None:
    """To AWS, with the credentials of the environment."""
    run("cdk", "deploy", *sys.argv[2:])


def destroy() -> None:
    """Remove the stack from AWS; the tables, the bucket and the key stay."""
    run("cdk", "destroy", *sys.argv[2:])


def bench() -> None:
    """Measure what bench/ measures, or the subjects named; what needs an instance starts one of its own."""
    os.environ["PYTHONPATH"] = str(ROOT / "layers" / "gloss" / "python")
    run("python", "-m", "bench", *sys.argv[2:])


COMMANDS: Final[Mapping[str, Callable[[], None]]] = {
    "demo": demo,
    "up": up,
    "down": down,
    "reset": reset,
    "status": status,
    "test": test,
    "check": check,
    "conformance": conformance,
    "format": tidy,
    "docs": docs,
    "lock": locks.renew,
    "synth": synth,
    "deploy": deploy,
    "destroy": destroy,
    "redrive": redrive.main,
    "bench": bench,
}


def main(arguments: Sequence[str]) -> None:
    """Run one command; what follows its name is passed on to the CDK."""
    if not arguments or arguments[0] not in COMMANDS:
        raise SystemExit(f"One of: {', '.join(COMMANDS)}.")
    COMMANDS[arguments[0]]()
