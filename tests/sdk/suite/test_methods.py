"""The list of methods in tests/sdk/methods.json is what the installed SDK has."""

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

LISTED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "methods.json").read_text())
COMPLETE = [name for name, it in LISTED.items() if "asks_nothing" in it]


def the_class(name: str) -> type:
    found: type = getattr(importlib.import_module(LISTED[name]["module"]), name)
    return found


def named(name: str) -> set[str]:
    it = LISTED[name]
    return {*it["asks"], *it.get("left_out", {}), *it.get("asks_nothing", ())}


@pytest.mark.parametrize("name", COMPLETE)
def test_every_public_method_of_a_class_is_listed(name: str) -> None:
    members = {word: it for word, it in vars(the_class(name)).items() if not word.startswith("_")}
    kinds = (property, classmethod, staticmethod)

    methods = {word for word, it in members.items() if inspect.isroutine(it) or isinstance(it, kinds)}

    assert named(name) == methods


@pytest.mark.parametrize("name", LISTED)
def test_every_listed_method_is_one_of_the_sdk(name: str) -> None:
    assert {method for method in named(name) if not hasattr(the_class(name), method)} == set()
