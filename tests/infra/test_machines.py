"""The ASL files keep the rules of the house."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.archives import ROOT
from infra.rooms import MACHINES

FILES = sorted((ROOT / "statemachines").glob("*.asl.json"))
State = dict[str, Any]


def states(machine: State) -> Iterator[tuple[str, State, bool]]:
    """Every state with its name, and whether something around it catches its errors."""
    yield from _within(machine["States"], caught=False)


def _within(found: dict[str, State], *, caught: bool) -> Iterator[tuple[str, State, bool]]:
    for name, state in found.items():
        yield name, state, caught
        inner = [state[key] for key in ("ItemProcessor", "Iterator") if key in state] + state.get("Branches", [])
        for part in inner:
            yield from _within(part["States"], caught=caught or "Catch" in state)


@pytest.fixture(params=FILES, ids=lambda file: file.name.split(".")[0])
def machine(request: pytest.FixtureRequest) -> State:
    return json.loads(request.param.read_text())


def test_every_file_is_a_machine_of_the_stack() -> None:
    assert {file.name.split(".")[0] for file in FILES} == set(MACHINES)


def test_a_machine_has_twelve_states_at_most(machine: State) -> None:
    assert sum(_steps(state) for state in machine["States"].values()) <= 12


def test_a_machine_explains_itself_in_one_comment(machine: State) -> None:
    assert json.dumps(machine).count('"Comment"') == 1
    assert machine["Comment"]


def test_every_task_has_a_time_limit(machine: State) -> None:
    assert all("TimeoutSeconds" in state for _, state, _ in states(machine) if state["Type"] == "Task")


def test_every_task_retries_named_errors_with_jitter(machine: State) -> None:
    retries = [retry for _, state, _ in states(machine) if state["Type"] == "Task" for retry in state["Retry"]]

    assert all(retry["JitterStrategy"] == "FULL" and retry["MaxAttempts"] >= 2 for retry in retries)
    assert not any("States.ALL" in retry["ErrorEquals"] for retry in retries)


def test_every_task_that_fails_is_caught(machine: State) -> None:
    tasks = [(state, caught) for _, state, caught in states(machine) if state["Type"] == "Task"]
    exits = [state for state, caught in tasks if not caught and "Catch" not in state]

    assert all("End" in state for state in exits)
    assert len(exits) <= 1


def test_what_is_caught_is_kept_beside_the_input(machine: State) -> None:
    catches = [catch for _, state, _ in states(machine) for catch in state.get("Catch", [])]

    assert all(catch["ResultPath"] == "$.error" for catch in catches)


def test_no_choice_looks_at_more_than_one_field(machine: State) -> None:
    for _, state, _ in states(machine):
        for choice in state.get("Choices", []):
            assert not {"And", "Or", "Not"} & set(choice)


@pytest.mark.parametrize("name", MACHINES)
def test_states_that_call_a_function_are_named_like_its_module(name: str) -> None:
    machine = json.loads((ROOT / "statemachines" / f"{name}.asl.json").read_text())
    called = {(state, _placeholder(each)) for state, each, _ in states(machine) if each["Type"] == "Task"}
    handlers = {handler.state for handler in MACHINES[name]}

    assert {state for state, _ in called} == {placeholder for _, placeholder in called} == handlers


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_has_its_module(name: str) -> None:
    assert all((ROOT / "functions" / each.room / f"{each.module}.py").exists() for each in MACHINES[name])


def _placeholder(state: State) -> str:
    found = re.findall(r"\$\{(\w+)\}", json.dumps(state))
    return found[0] if found else ""


def _steps(state: State) -> int:
    """A Map with its one worker is one step."""
    return len(state["ItemProcessor"]["States"]) if "ItemProcessor" in state else 1
