"""From raw JSON to a value, with every refusal named by its path."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import Value

M = TypeVar("M", bound=Value)
MOST_FAULTS = 100


def parsed(model: type[M], raw: object, path: str = "") -> M:
    """`raw` as `model`; raises Invalid with one fault for each error, its path beginning with `path`."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise Invalid(f"This is no valid {model.__name__}; see the errors.", faults(error, raw, path)) from None


def faults(error: ValidationError, raw: object, path: str = "") -> list[Fault]:
    """Pydantic's findings on `raw` as at most 100 faults; names of union members, which no JSON holds, are left out."""
    found = error.errors(include_url=False, include_context=False)[:MOST_FAULTS]
    return [Fault(joined(path, tuple(steps_in(raw, each["loc"], each["type"]))), each["msg"]) for each in found]


def joined(path: str, steps: Sequence[int | str]) -> str:
    """`path` and `steps` as one JSON path, such as `objects[3].frames.12.x`."""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def demand_shallow(raw: object, levels: int, path: str = "") -> None:
    """Raises Invalid on JSON that is nested deeper than `levels`, which no format of ours is, without recursion."""
    inside = [raw]
    for _ in range(levels):
        inside = [child for each in inside for child in _children(each)]
        if not inside:
            return
    raise Invalid("The JSON is nested too deep.", [Fault(path, f"is nested more than {levels} levels deep")])


def _children(raw: object) -> Iterable[object]:
    if isinstance(raw, Mapping):
        return raw.values()
    return raw if isinstance(raw, list | tuple) else ()


def steps_in(raw: object, location: Sequence[int | str], kind: str) -> Iterator[int | str]:
    """The steps of a finding of Pydantic's that JSON has: names of union members are none of them."""
    missing = len(location) - 1 if kind == "missing" else None
    for position, step in enumerate(location):
        if position != missing and _is_member_name(step, raw):
            continue
        yield step
        raw = _inside(raw, step)


def _is_member_name(step: int | str, raw: object) -> bool:
    return isinstance(step, str) and isinstance(raw, Mapping) and step not in raw


def _inside(raw: Any, step: int | str) -> object:
    if isinstance(raw, Mapping):
        return raw.get(step)
    return raw[step] if isinstance(raw, Sequence) and isinstance(step, int) and step < len(raw) else None
