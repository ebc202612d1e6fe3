"""The labels of a long row without their frames, out of the facts that are kept while it is read."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from pydantic_core import from_json, to_json

from gloss.domain.errors import TooLarge
from gloss.domain.formats import label_row_reading
from gloss.domain.labels.heading import Head

Json = dict[str, Any]

#: So much of a row is kept in memory beside what is on frames: some hundred thousands of labels with their answers.
KEPT_BYTES: Final = 300 * 2**20
#: What a fact takes in memory beside its bytes.
BESIDE: Final = 100


#: An object's number, its page's, its feature.
Drawn = tuple[int, int, str]


class Facts:
    """Facts as lines of JSON, and what is looked up in them again and again."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.pages: dict[str, int] = {"": 0}
        self.units: dict[str, int] = {}
        self.sequences: dict[int, int] = {}
        self.drawn: dict[tuple[int, str], int] = {}
        self.begun: tuple[int, int] | None = None
        self.count = 0
        self._kept = 0

    @property
    def are_sent(self) -> bool:
        """Whether they are those of a row as the SDK writes it."""
        return bool(self.units) or any(line.startswith(b'["aside",') for line in self.lines)

    def note(self, *fact: Any) -> int:
        """Keep a fact; the number of the page, unit or object that it makes."""
        return self._keep(to_json(fact), fact)

    def add(self, line: bytes) -> None:
        """Keep a fact that was kept before."""
        self._keep(line, from_json(line))

    def every(self, *kinds: str) -> Iterator[Any]:
        """The facts of some kinds, in order."""
        starts = tuple(b'["%b",' % kind.encode() for kind in kinds)
        return (from_json(line) for line in self.lines if line.startswith(starts))

    def _keep(self, line: bytes, fact: Any) -> int:
        self._kept += len(line) + BESIDE
        if self._kept > KEPT_BYTES:
            raise too_many()
        self.lines.append(line)
        match tuple(fact):
            case ("page", str(name)):
                return self.pages.setdefault(name, len(self.pages))
            case ("unit", str(name)):
                return self.units.setdefault(name, len(self.units) + 1)
            case ("sequence", int(unit), int(place)):
                self.sequences[unit] = place
            case ("drawn", int(page), hash_, _):
                self.drawn[page, hash_] = self.count
                self.count += 1
            case ("object", int(page), int(number)):
                self.begun = page, number
                self.count += 1
        return self.count - 1


def too_many() -> TooLarge:
    """The refusal of a row whose labels take too much memory even without their frames."""
    return TooLarge(f"The labels of this row take more than {KEPT_BYTES // 2**20} MiB beside what is on their frames.")


def heads(facts: Facts) -> Iterator[Head]:
    """Every label of every page without its frames."""
    return _as_sent(facts) if facts.are_sent else _as_taken(facts)


def strange(facts: Facts) -> list[str]:
    """The paths of what no label body has; a row of the SDK's may have what it likes."""
    return [] if facts.are_sent else [path for _, path, _ in facts.every("strange")]


def _objects(facts: Facts) -> Iterator[tuple[int, Json]]:
    """Each object by its number: its page, and its fields."""
    found: Json | None = None
    number = -1
    for kind, *fact in facts.every("drawn", "object", "field"):
        if kind == "field":
            assert found is not None, "fields follow their object"
            found["fields"][fact[1]] = fact[2]
            continue
        if found is not None:
            yield number, found
        number += 1
        drawn = {"id": fact[1], "feature": fact[2]} if kind == "drawn" else {}
        found = {"page": fact[0], "fields": drawn}
    if found is not None:
        yield number, found


def _as_taken(facts: Facts) -> Iterator[Head]:
    pages = list(facts.pages)
    for number, each in _objects(facts):
        yield Head(pages[each["page"]], "objects", number, each["fields"])
    for _, page, said in facts.every("said"):
        yield Head(pages[page], "classifications", None, said)


def _as_sent(facts: Facts) -> Iterator[Head]:
    """Label by label, each read as a row of its own, of which nothing else is known."""
    said = _asides(facts)
    drawn: dict[str, list[Drawn]] = {}
    for number, (_, page, hash_, feature) in enumerate(facts.every("drawn")):
        drawn.setdefault(hash_, []).append((number, page, feature))
    for hash_ in dict.fromkeys(chain(drawn, said["object_answers"])):
        yield from _thing(hash_, drawn.get(hash_, ()), said, facts)
    for hash_, line in said["classification_answers"].items():
        row = {"data_units": {}, "classification_answers": {hash_: from_json(line)[3]}}
        yield from _of(label_row_reading.body_json(row), {})


def _asides(facts: Facts) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {"object_answers": {}, "object_actions": {}, "classification_answers": {}}
    for line in facts.lines:
        if line.startswith(b'["aside",'):
            _, name, hash_, _ = from_json(line)
            found[name][hash_] = line
    return found


def _thing(hash_: str, drawn: Iterable[Drawn], said: Mapping[str, Mapping[str, bytes]], facts: Facts) -> Iterator[Head]:
    pages = list(facts.pages)
    row: Json = {"data_units": {}, "spaces": {}}
    numbers: dict[str, int] = {}
    for number, page, feature in drawn:
        space = pages[page]
        labels = {"0": {"objects": [{"objectHash": hash_, "featureHash": feature, "shape": ""}]}}
        row["spaces" if space else "data_units"][space] = {"labels": labels}
        numbers[space] = number
    for name in ("object_answers", "object_actions"):
        row[name] = {hash_: from_json(said[name][hash_])[3]} if hash_ in said[name] else {}
    yield from _of(label_row_reading.body_json(row), numbers)


def _of(body: Json, numbers: dict[str, int]) -> Iterator[Head]:
    for space, page in {"": body, **body.get("spaces", {})}.items():
        for each in page["objects"]:
            yield Head(space, "objects", numbers.get(space), {**each, "frames": {}})
        for each in page["classifications"]:
            yield Head(space, "classifications", None, each)
