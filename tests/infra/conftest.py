"""The template is made once for all tests that look at it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import layers
from infra.local.cloud import QUIET


@pytest.fixture(scope="session")
def synthesis() -> Any:
    os.environ.update(QUIET)
    from infra.synthesis import synthesise

    return synthesise(layers=layers.LOCAL, nag="true")


@pytest.fixture
def stack_with() -> Callable[..., dict[str, Any]]:
    """The template of a stack with some switches set otherwise."""
    os.environ.update(QUIET)
    from infra.synthesis import synthesise

    return lambda **switches: synthesise(layers=layers.LOCAL, **switches).template


@pytest.fixture(scope="session")
def template(synthesis: Any) -> dict[str, Any]:
    return synthesis.template


@pytest.fixture(scope="session")
def template_file(template: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.json"
    file.write_text(json.dumps(template))
    return file
