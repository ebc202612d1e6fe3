"""Bodies of requests as JSON: what the standard reader takes but no store or model can keep is refused here."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from gloss.domain.errors import Malformed

DEEPEST: Final = 100
#: The field of a JSON body that a body of this type stands for.
_FIELD: Final = {"text/csv": "csv", "application/x-ndjson": "ndjson", "application/jsonl": "ndjson"}
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def read(text: str) -> Any:
    """The value; raises Malformed for NaN, infinities, numbers and depths beyond reason, and halves of characters."""
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as broken:
        raise _too_deep() from broken
    except json.JSONDecodeError:
        raise
    except ValueError as broken:
        raise Malformed(f"The body holds a number that is too long: {broken}.") from broken
    _demand_shallow(value)
    if _SURROGATE.search(text):
        _demand_characters(value)
    return value


def with_json(event: dict[str, Any], content_type: str, body: bytes) -> dict[str, Any]:
    """The event as it is; one with a table or lines for a body as if they had been sent in a field of a JSON object.

    What the query says becomes fields beside it.
    """
    field = _FIELD.get(content_type.partition(";")[0].strip().lower())
    if field is None:
        return event
    sent = {**(event.get("queryStringParameters") or {}), field: body.decode()}
    headers = {name: value for name, value in event["headers"].items() if name.lower() != "content-type"}
    headers["content-type"] = "application/json"
    return {**event, "headers": headers, "body": json.dumps(sent), "isBase64Encoded": False}


def demand_text(body: bytes) -> None:
    """Let UTF-8 pass; raises Malformed."""
    try:
        body.decode()
    except UnicodeDecodeError as broken:
        raise Malformed(f"The body is not UTF-8: {broken.reason} at byte {broken.start}.") from broken


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"The body is not JSON: {name} is no JSON number.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed(f"The body holds a number that is too large: {text[:40]}.")
    return number


def _demand_shallow(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [part for each in level for part in _parts(each) if isinstance(part, list | dict)]
        if not level:
            return
    raise _too_deep()


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Malformed:
    return Malformed(f"The body is nested more than {DEEPEST} levels deep.")


def _demand_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as broken:
        raise Malformed("The body holds half of a surrogate pair, which is no character.") from broken
