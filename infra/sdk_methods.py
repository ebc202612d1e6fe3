"""docs/sdk.md: every method of the public SDK, the story of its suite that shows it, or why it is left out.

A story says which methods it shows by `@pytest.mark.shows("Project.add_group", ...)`; it must call them, itself or by
the helpers that it calls.
"""

import ast
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gloss.sdk.left_out import LEFT_OUT, refusal

ROOT: Final = Path(__file__).parents[1]
SUITE: Final = ROOT / "tests" / "sdk" / "suite"
METHODS: Final = ROOT / "tests" / "sdk" / "methods.json"
HEAD: Final = ROOT / "docs" / "sdk.head.md"


@dataclass(frozen=True)
class Listed:
    """A class of the SDK: its module, its methods with what each asks for, and those that are left out, by part."""

    module: str
    asks: Mapping[str, str]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Story:
    """A story, the methods that it says it shows, and the names that its lines look up."""

    name: str
    shows: tuple[str, ...]
    looks_up: frozenset[str]


def listed() -> dict[str, Listed]:
    """The classes of tests/sdk/methods.json by name."""
    read = json.loads(METHODS.read_text())
    return {name: Listed(it["module"], it["asks"], it.get("left_out", {})) for name, it in read.items()}


def stories(suite: Path = SUITE) -> Iterator[Story]:
    """Every story of the suite that carries the marker."""
    helpers = {node.name: node for path in suite.glob("*.py") for node in _functions(path)}
    for path in sorted(suite.glob("test_*.py")):
        for node in _functions(path):
            if shows := _shows(node):
                yield Story(f"{path.stem}::{node.name}", shows, frozenset(_looked_up(node, helpers)))


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


def _looked_up(story: ast.FunctionDef, helpers: Mapping[str, ast.FunctionDef]) -> set[str]:
    """The names that a story looks up, itself and in the helpers that it calls, and theirs."""
    ahead, met, names = [story], {story.name}, set[str]()
    while ahead:
        node = ahead.pop()
        names |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        called = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & helpers.keys() - met
        met |= called
        ahead += [helpers[name] for name in called]
    return names


def shown_by() -> dict[str, list[str]]:
    """The stories that show a method, by `Class.method`."""
    found = defaultdict(list)
    for story in stories():
        for method in story.shows:
            found[method].append(story.name)
    return found


def page() -> str:
    """The text of docs/sdk.md."""
    shown, lines = shown_by(), [HEAD.read_text()]
    for name, it in listed().items():
        lines += [f"## {name}", "", f"`{it.module}`", "", "| method | what it asks | state |", "|---|---|---|"]
        lines += [
            f"| `{method}` | `{asks}` | {_state(shown.get(f'{name}.{method}', ()))} |"
            for method, asks in it.asks.items()
        ]
        lines += [f"| `{method}` | | left out: {LEFT_OUT[part].what} |" for method, part in it.left_out.items()]
        lines.append("")
    return "\n".join([*lines, "## What is left out", "", *(f"- {refusal(part)}" for part in LEFT_OUT.values())]) + "\n"


def _state(shown: Sequence[str]) -> str:
    if not shown:
        return "no story shows it yet"
    more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
    return f"shown by `{shown[0]}`{more}"


def _shows(story: ast.FunctionDef) -> tuple[str, ...]:
    marks = [each for each in story.decorator_list if isinstance(each, ast.Call)]
    named = [mark for mark in marks if ast.unparse(mark.func) == "pytest.mark.shows"]
    return tuple(str(ast.literal_eval(argument)) for mark in named for argument in mark.args)
