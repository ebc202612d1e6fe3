"""The rules of docs/architecture.md that a machine can check."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gloss import answers
from gloss.domain import errors
from infra import rooms
from infra.archives import ROOT

GLOSS = ROOT / "layers" / "gloss" / "python" / "gloss"
STANDARD = set(sys.stdlib_module_names)
NETWORK = {"boto3", "botocore", "httpx", "requests", "urllib3", "aiohttp", "socket", "http", "urllib"}
HARMLESS = ("urllib.parse", "http.HTTPStatus")
PICTURES_ALLOWED = {"domain/metrics"}
ASSIGNMENT_ALLOWED = {"domain/matching.py"}
LONGEST_FUNCTION = 40
LONGEST_FILE = 300


def modules(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def relative(path: Path) -> str:
    return str(path.relative_to(GLOSS))


def doorway(room: Path) -> set[Path]:
    """The modules that make up the one function `app` of a room: what it imports of its own room, and so on."""
    found: set[Path] = set()
    ahead = {room / "app.py"}
    while ahead := {path for path in ahead if path.exists()} - found:
        found |= ahead
        ahead = {room / f"{name.split('.')[2]}.py" for path in ahead for name in imports(path) if _of(name, room)}
    return found


def ours() -> list[Path]:
    return modules(GLOSS, ROOT / "functions", ROOT / "infra")


@pytest.mark.parametrize("path", modules(GLOSS / "domain"), ids=relative)
def test_the_domain_imports_nothing_but_itself(path: Path) -> None:
    allowed = STANDARD | {"pydantic", "pydantic_core", "numpy"}
    allowed |= {"cv2"} if relative(path).startswith(tuple(PICTURES_ALLOWED)) else set()
    allowed |= {"lap", "lapx"} if relative(path) in ASSIGNMENT_ALLOWED else set()

    strangers = {name for name in imports(path) if name.split(".")[0] not in allowed}

    assert {name for name in strangers if not name.startswith("gloss.domain")} == set()


def test_only_adapters_and_wiring_reach_the_network() -> None:
    inside = [path for path in modules(GLOSS) if relative(path).split("/")[0] not in {"adapters", "wiring.py"}]
    reached = {(relative(path), name) for path in inside for name in imports(path) if name.split(".")[0] in NETWORK}

    assert {(path, name) for path, name in reached if not name.startswith(HARMLESS)} == set()


def test_only_wiring_reads_the_environment() -> None:
    readers = [path for path in modules(GLOSS, ROOT / "functions") if "environ" in _attributes(path)]

    assert [relative(path) for path in readers] == ["wiring.py"]


@pytest.mark.parametrize("path", modules(ROOT / "functions"), ids=lambda path: "/".join(path.parts[-2:]))
def test_functions_import_gloss_and_no_sibling(path: Path) -> None:
    own = f"functions.{path.parent.name}." if path in doorway(path.parent) else "no sibling"
    allowed = STANDARD | {"aws_lambda_powertools", "pydantic", "gloss"}

    strangers = {name for name in imports(path) if name.split(".")[0] not in allowed}

    assert {name for name in strangers if not name.startswith(own)} == set()


def test_every_module_of_a_room_is_a_function_or_a_part_of_its_doorway() -> None:
    handled = {ROOT / "functions" / handler.room / f"{handler.module}.py" for handler in rooms.every()}
    parts = {part for room in (ROOT / "functions").iterdir() for part in doorway(room)}

    assert set(modules(ROOT / "functions")) == handled | parts


def test_every_error_class_has_a_status() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.GlossError)]

    assert all(set(each.__mro__) & set(answers.STATUS) for each in classes if each is not errors.GlossError)


@pytest.mark.parametrize("path", ours(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    text = path.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert len(text.splitlines()) <= LONGEST_FILE
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION] == []


def test_only_the_edge_catches_everything() -> None:
    broad = {str(path.relative_to(ROOT)) for path in ours() if any(_catches_all(node) for node in _handlers(path))}

    assert broad <= {"layers/gloss/python/gloss/edge.py"}


def _of(name: str, room: Path) -> bool:
    return name.startswith(f"functions.{room.name}.")


def _attributes(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}


def _handlers(path: Path) -> list[ast.ExceptHandler]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )
