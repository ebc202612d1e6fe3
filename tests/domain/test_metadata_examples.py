"""Every example of docs/metadata.md: the schema, each type's row, the manifest and its errors, the conditions."""

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from gloss.domain.conditions import Condition
from gloss.domain.explore import Similar
from gloss.domain.manifest.checking import unit_of
from gloss.domain.manifest.units import Spot
from gloss.domain.media import MediaKind
from gloss.domain.metadata_schema import in_row, read, read_row
from gloss.domain.metadata_types import KeyType
from gloss.services.describing import WantedSchema
from gloss.services.retelling import Sayings

PAGE = (Path(__file__).parents[2] / "docs/metadata.md").read_text()
SCHEMA, MANIFEST, SAYINGS, SEARCH = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
(ERROR,) = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
TYPE, CONDITION = TypeAdapter(KeyType), TypeAdapter(Condition)


def table(title, columns):
    part = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row] + [""] * (columns - len(row)) for row in rows]


def value(cell):
    return json.loads(cell.strip("`"))


def types():
    return WantedSchema.model_validate_json(SCHEMA).types


def the_row():
    (raw,) = json.loads(MANIFEST)["videos"]
    return unit_of(MediaKind.VIDEO, raw, Spot(0, "videos[0]")).client_metadata


@pytest.mark.parametrize(("kind", "takes", "keeps", "refuses", "says"), table("Types", 5))
def test_each_type_takes_and_refuses_as_its_row_says(kind, takes, keeps, refuses, says):
    known = {"key": TYPE.validate_python(value(kind))}

    assert read({"key": value(takes)}, known) == ({"key": value(keeps)}, ())
    assert not refuses or [fault.reason for fault in read({"key": value(refuses)}, known).faults] == [says]


def test_every_type_has_a_row():
    shown = {TYPE.validate_python(value(row[0])).ty for row in table("Types", 5)}

    assert shown == {option["$ref"].rsplit("/")[-1].removesuffix("Type").lower() for option in _options()}


def _options():
    return TYPE.json_schema()["oneOf"]


def test_the_manifest_passes_the_schema():
    assert read_row(the_row(), types()).faults == ()


def test_the_error_is_the_one_that_is_shown():
    said = the_row() | {"captured_at": "yesterday", "$encord": {"frames": {"50": {"weather": "mist"}}}}

    path, reason = in_row("videos[0].clientMetadata", read_row(said, types()).faults, 5)

    assert f"{path}: {reason}" == ERROR


def test_the_change_of_items_can_be_read():
    assert Sayings.model_validate_json(SAYINGS).items[0].metadata == {"site": "south", "night": None}


def test_the_search_by_a_vector_can_be_read():
    assert Similar.model_validate_json(SEARCH).space in types()


@pytest.mark.parametrize(("kinds", "conditions"), table("In the explorer", 2))
def test_each_condition_can_be_read(kinds, conditions):
    assert [CONDITION.validate_json(each).op for each in re.findall(r"`(.*?)`", conditions)], kinds
