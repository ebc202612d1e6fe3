"""The pages that are made from the code: docs/api.md, docs/events.md, docs/data-model.md, docs/sdk.md
and gloss/openapi.json.

`python -m infra.documents` writes them; a test demands that what is committed is what this makes.
"""

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from gloss import kinds
from gloss.domain import events
from gloss.domain.happened import Happened
from gloss.ports import Kind
from gloss.routes import ROUTES, Route
from infra import sdk_methods

ROOT = Path(__file__).parents[1]


def pages() -> dict[Path, str]:
    """Each generated file and its text."""
    described = openapi()
    return {
        ROOT / "docs/api.md": api_page(described),
        ROOT / "docs/events.md": events_page(),
        ROOT / "docs/data-model.md": data_model_page(),
        ROOT / "docs/sdk.md": sdk_methods.page(),
        ROOT / "layers/gloss/python/gloss/openapi.json": json.dumps(described, indent=1, sort_keys=True) + "\n",
    }


def openapi() -> dict[str, Any]:
    """One OpenAPI description out of those of all the rooms of /v1; the SDK's wire is the SDK's to describe."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Gloss", "version": "1", "description": "The annotation data engine's own API."},
        "security": [{"bearer": []}],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }
    for room in sorted({route.room for route in ROUTES} - {"sdk", "poll"}):
        described = json.loads(importlib.import_module(f"functions.{room}.app").app.get_openapi_json_schema())
        ours = {path: operations for path, operations in described["paths"].items() if path.startswith("/v1/")}
        for path, operations in ours.items():
            named = {method: {**operation, "summary": _title(operation)} for method, operation in operations.items()}
            merged["paths"].setdefault(path.replace("<", "{").replace(">", "}"), {}).update(named)
        merged["components"]["schemas"] |= described.get("components", {}).get("schemas", {})
    return merged


def _title(operation: dict[str, Any]) -> str:
    """A doorway's name in words: `make_dataset` as "Make dataset"."""
    return str(operation["operationId"]).split("_v1_")[0].replace("_", " ").capitalize()


def api_page(described: dict[str, Any]) -> str:
    """Every route with its permission and what it says of itself."""
    lines = ["# The API", "", "Made from the table of routes and the doorways. OpenAPI: `GET /v1/openapi.json`.", ""]
    for room in sorted({route.room for route in ROUTES}):
        lines += [f"## {room}", "", "| route | permission | what it does |", "|---|---|---|"]
        lines += [_row(route, described) for route in ROUTES if route.room == room]
        lines.append("")
    return "\n".join(lines)


def _row(route: Route, described: dict[str, Any]) -> str:
    operation = described["paths"].get(route.path, {}).get(route.method.lower(), {})
    says = operation.get("description") or operation.get("summary") or ""
    return f"| `{route.method} {route.path}` | {route.permission} | {_first_line(says)} |"


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0].replace("|", "\\|")


def event_models() -> list[type[Happened]]:
    """Every event model, in the order of the union."""
    return list(get_args(get_args(events.Event)[0]))


def events_page() -> str:
    """Every event with its fields."""
    lines = ["# Events", "", "Each is written in one transaction with the change that it tells of.", ""]
    for model in event_models():
        kind = model.model_fields["kind"].default
        fires = "; starts `task_transition`" if model.fires else ""
        lines += [f"## `{kind}`{fires}", "", (model.__doc__ or "").strip(), ""]
        lines += ["| field | type |", "|---|---|"]
        lines += [f"| `{name}` | {_type(field.annotation)} |" for name, field in model.model_fields.items()]
        lines.append("")
    return "\n".join(lines)


def _type(annotation: Any) -> str:
    text = str(annotation) if get_args(annotation) else getattr(annotation, "__name__", str(annotation))
    return f"`{text.replace('typing.', '').replace('datetime.', '')}`".replace("|", "or")


def data_model_page() -> str:
    """Every sort of record, the access pattern that it serves, and its keys."""
    head = ROOT / "docs/data-model.head.md"
    lines = [head.read_text(), "| record | access pattern | key | indexes |", "|---|---|---|---|"]
    lines += [row for module in _kind_modules() for row in _kind_rows(module)]
    return "\n".join(lines) + "\n"


def _kind_modules() -> Iterator[Any]:
    for found in sorted(pkgutil.iter_modules(kinds.__path__), key=lambda module: module.name):
        yield importlib.import_module(f"gloss.kinds.{found.name}")


def _kind_rows(module: Any) -> Iterator[str]:
    source = Path(module.__file__).read_text()
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(getattr(module, node.targets[0].id, None), Kind):  # type: ignore[attr-defined]
            yield _kind_row(getattr(module, node.targets[0].id), _said_above(lines, node.lineno), node)  # type: ignore[attr-defined]


def _kind_row(kind: Kind[Any], says: str, node: ast.Assign) -> str:
    call = node.value
    if not isinstance(call, ast.Call):
        raise TypeError(f"{kind.name} is not declared by a call of Kind")
    key = _lambda(call.args[2])
    indexes = _indexes(call.args[3]) if len(call.args) > 3 else ""
    return f"| {kind.name} (`{kind.model.__name__}`) | {says} | {key} | {indexes} |"


def _lambda(node: ast.expr) -> str:
    return f"`{ast.unparse(node.body if isinstance(node, ast.Lambda) else node)}`".replace("|", "or")


def _indexes(node: ast.expr) -> str:
    if not isinstance(node, ast.Dict):
        return _lambda(node)
    pairs = zip(node.keys, node.values, strict=True)
    return "<br>".join(f"{ast.literal_eval(key)}: {_lambda(value)}" for key, value in pairs if key is not None)


def _said_above(lines: list[str], lineno: int) -> str:
    """The `#:` comment right above a line."""
    said: list[str] = []
    for line in reversed(lines[: lineno - 1]):
        if not line.startswith("#:"):
            break
        said.insert(0, line.removeprefix("#:").strip())
    return " ".join(said).replace("|", "\\|")


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
