"""Walks a state machine's own ASL file with the handlers of its states, so that tests run what is deployed."""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any

Handler = Callable[[dict[str, Any], Any], Any]
MACHINES = Path(__file__).parent.parent / "statemachines"
RUN: ContextVar[str] = ContextVar("run", default="run")


class Failed(Exception):
    """The machine ended in its Fail state."""


def walk(machine: str, room: str, payload: Mapping[str, Any], run: str = "run") -> Any:
    """Run a machine to its end under the name `run`; returns the last output, raises Failed at a Fail state."""
    definition = json.loads((MACHINES / f"{machine}.asl.json").read_text())
    token = RUN.set(run)
    try:
        return _run(definition, room, dict(payload))
    finally:
        RUN.reset(token)


def _run(definition: Mapping[str, Any], room: str, data: Any) -> Any:
    name: str | None = definition["StartAt"]
    while name is not None:
        state = definition["States"][name]
        data, name = _step(state, room, data)
    return data


def _step(state: Mapping[str, Any], room: str, data: Any) -> tuple[Any, str | None]:
    if state["Type"] == "Fail":
        raise Failed(state["Error"])
    if state["Type"] == "Succeed":
        return data, None
    if state["Type"] == "Choice":
        return data, _choose(state, data)
    if state["Type"] == "Pass":
        return _selected(state["Parameters"], data, None), state["Next"]
    try:
        result = _task(state, room, data) if state["Type"] == "Task" else _map(state, room, data)
    except Failed:
        raise
    except Exception as fault:
        if "Catch" not in state:
            raise
        caught = {**data, "error": {"Error": type(fault).__name__, "Cause": str(fault)}}
        return caught, state["Catch"][0]["Next"]
    return (data if "ResultPath" in state and state["ResultPath"] is None else result), state.get("Next")


def _choose(state: Mapping[str, Any], data: Any) -> str:
    chosen = (it["Next"] for it in state["Choices"] if data[it["Variable"].removeprefix("$.")] == _wanted(it))
    return str(next(chosen, state["Default"]))


def _wanted(choice: Mapping[str, Any]) -> Any:
    return choice["BooleanEquals"] if "BooleanEquals" in choice else choice["StringEquals"]


def _task(state: Mapping[str, Any], room: str, data: Any) -> Any:
    given = _selected(state["Parameters"], data, None) if "Parameters" in state else data
    module = import_module(f"functions.{room}.{_snake(state['Resource'].strip('${}'))}")
    return module.handler(json.loads(json.dumps(given)), None)


def _map(state: Mapping[str, Any], room: str, data: Any) -> list[Any]:
    entries = data[state["ItemsPath"].removeprefix("$.")]
    selector = state.get("ItemSelector")
    given = [_selected(selector, data, entry) if selector else entry for entry in entries]
    return [_run(state["ItemProcessor"], room, each) for each in given]


def _selected(selector: Mapping[str, str], data: Any, entry: Any) -> dict[str, Any]:
    context = {"$$.Map.Item.Value": entry, "$$.Execution.Name": RUN.get()}
    return {
        name.removesuffix(".$"): context[path] if path in context else data[path.removeprefix("$.")]
        for name, path in selector.items()
    }


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
