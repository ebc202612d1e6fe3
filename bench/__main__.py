"""`python -m bench [subject ...]`: measure each subject in a process of its own, print a table, keep the figures."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench.measuring import Comparison, Skipped, measured

COUNTED: Final = ("syncs", "registration", "actions", "long_rows", "lists")
SUBJECTS: Final = ("manifests", "memory", "dicom", "pixels", "neighbours", "exports", "masks", "claims", *COUNTED)
KEPT: Final = Path(__file__).parent.parent / ".local" / "bench.json"
HEAD: Final = ("what", "unit", "ours", "beside", "peer", "ours / peer", "bar")
Json = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """All subjects or those named; `--one <subject>` is how each is run."""
    if arguments[:1] == ["--one"]:
        return tell(arguments[1])
    strangers = set(arguments) - set(SUBJECTS)
    if strangers:
        raise SystemExit(f"No such subject: {', '.join(sorted(strangers))}. There are {', '.join(SUBJECTS)}.")
    results = [result for subject in arguments or SUBJECTS for result in asked(subject)]
    show(results)
    return keep(results)


def tell(subject: str) -> None:
    """Measure here, one line of JSON a comparison."""
    for each in importlib.import_module(f"bench.{subject}").comparisons():
        print(json.dumps(result(each)), flush=True)


def result(each: Comparison | Skipped) -> Json:
    return measured(each) if isinstance(each, Comparison) else {"name": each.name, "skipped": each.reason}


def asked(subject: str) -> list[Json]:
    print(f"measuring {subject} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench", "--one", subject]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [{"subject": subject, **json.loads(line)} for line in lines]


def show(results: Sequence[Json]) -> None:
    """One table; a figure is its median, with least and greatest behind it; then what was not measured."""
    table = [HEAD, *(row for each in results if "skipped" not in each for row in rows(each))]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for each in results:
        if "skipped" in each:
            print(f"Not measured: {each['name']}. {each['skipped']}.")


def rows(each: Json) -> Iterator[Sequence[str]]:
    ours, bar = shown(each["figures"]["ours"]), "" if each["bar"] is None else number(each["bar"])
    for peer in each["ratios"] or [""]:
        beside = (peer, shown(each["figures"][peer]), shown(each["ratios"][peer])) if peer else ("", "", "")
        yield (each["name"], each["unit"], ours, *beside, bar)


def shown(spread: Json) -> str:
    return f"{number(spread['median'])} ({number(spread['min'])} - {number(spread['max'])})"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def keep(results: Sequence[Json]) -> None:
    """What was measured last of each subject stays beside what is new."""
    before = json.loads(KEPT.read_text()) if KEPT.exists() else []
    fresh = {each["subject"] for each in results}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps([each for each in before if each["subject"] not in fresh] + [*results], indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
