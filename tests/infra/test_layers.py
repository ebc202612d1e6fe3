"""Layers fit into Lambda, and doorways stay small."""

import os
import subprocess

import pytest

from infra import layers
from infra.bootstrap import EMULATOR, ROOT
from infra.rooms import DOORWAYS, Handler, every

MB = 1024 * 1024
LAMBDA_TAKES = 5
#: Of these our own code takes 5, compiled as well, since the public SDK's door is in it.
BASE_MB = 44
#: `register` tries integrations out and signs links, in every cloud and through multi-region access points.
#: `sdk` does all of that, and saves labels.
DOORWAY_MB = {"workflow": BASE_MB + 51, "explore": 250, "register": BASE_MB + 30, "sdk": BASE_MB + 51 + 30}


@pytest.mark.parametrize("handler", list(every()), ids=lambda handler: handler.name)
def test_a_function_with_its_layers_fits_into_lambda(handler: Handler) -> None:
    assert sum(layers.unzipped_bytes(name, layers.LOCAL) for name in handler.every_layer) < layers.LIMIT_BYTES


@pytest.mark.parametrize("handler", DOORWAYS, ids=lambda handler: handler.name)
def test_a_doorway_carries_few_megabytes(handler: Handler) -> None:
    carried = sum(layers.unzipped_bytes(name, layers.LOCAL) for name in handler.every_layer)

    assert carried <= DOORWAY_MB.get(handler.room, BASE_MB) * MB


@pytest.mark.parametrize("handler", list(every()), ids=lambda handler: handler.name)
def test_only_functions_that_read_media_carry_the_client_of_other_clouds(handler: Handler) -> None:
    carried = [name for name in handler.every_layer if (layers.folder(name, layers.LOCAL) / "python/obstore").exists()]

    assert len(carried) == ("media" in handler.grants)
    assert len(handler.every_layer) <= LAMBDA_TAKES


@pytest.mark.parametrize("lock", sorted(ROOT.glob("layers/*/requirements.txt")), ids=lambda lock: lock.parent.name)
def test_a_lock_names_hashes_and_no_host(lock) -> None:
    text = lock.read_text()

    assert "--hash=sha256:" in text
    assert "http://" not in text
    assert "https://" not in text


def test_the_same_content_makes_the_same_archive() -> None:
    before = layers.archive("gloss", layers.LOCAL)

    assert layers.archive("gloss", layers.LOCAL) == before
    assert before.parent.name == layers.LOCAL


@pytest.mark.parametrize("carried", sorted({handler.every_layer for handler in every()}), ids="+".join)
def test_functions_import_with_the_layers_they_carry(carried: tuple[str, ...]) -> None:
    modules = [f"functions.{each.room}.{each.module}" for each in every() if each.every_layer == carried]
    path = [str(layers.folder(name, layers.LOCAL) / "python") for name in carried]
    told = {"PYTHONPATH": os.pathsep.join([*path, str(ROOT)])}
    command = [str(EMULATOR / "bin" / "python"), "-c", f"import {', '.join(modules)}"]

    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)

    assert done.stderr == ""
