"""Instances of the local cloud keep apart and keep what they need."""

import json
from pathlib import Path

from infra.local import emulator
from infra.local.home import FRONT_PORT, Home, here


def told(folder: Path, **more: str) -> dict[str, str]:
    return {"GLOSS_HOME": str(folder), **more}


def test_the_front_answers_on_the_usual_port_unless_told(tmp_path: Path) -> None:
    assert here(told(tmp_path)).front_port == FRONT_PORT


def test_ports_stay_what_they_were_the_first_time(tmp_path: Path) -> None:
    assert here(told(tmp_path)) == here(told(tmp_path))


def test_a_named_port_is_taken_and_kept(tmp_path: Path) -> None:
    named = here(told(tmp_path, GLOSS_PORT="9123"))

    assert here(told(tmp_path)) == Home(tmp_path, 9123, named.emulator_port)


def test_port_zero_is_any_free_port(tmp_path: Path) -> None:
    first = here(told(tmp_path, GLOSS_PORT="0"))

    assert first.front_port not in {0, FRONT_PORT}
    assert here(told(tmp_path, GLOSS_PORT="0")) == first


def test_everything_the_emulator_writes_lies_in_its_home(tmp_path: Path) -> None:
    set_up = emulator.environment(here(told(tmp_path)))

    assert all(set_up[name].startswith(str(tmp_path)) for name in ("HOME", "STATE_DIR", "S3_DATA_DIR", "TMPDIR"))


def test_stream_positions_are_forgotten_and_all_else_kept(tmp_path: Path) -> None:
    home = here(told(tmp_path))
    file = home.path("state", "services") / "lambda.json"
    file.write_text(json.dumps({"payload": {"dynamodb_stream_positions": {"data": {"a": 7}}, "layers": {"b": 1}}}))

    emulator.forget_stream_positions(home)

    kept = json.loads(file.read_text())["payload"]
    assert kept == {"dynamodb_stream_positions": {"data": {}}, "layers": {"b": 1}}
