"""Completes the JSON of a structure with what its author left out: ids, hashes, colours and option values."""

from base64 import b32encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from gloss.domain.ontology import MOST_LEVELS
from gloss.domain.parsing import demand_shallow

Json = dict[str, Any]
PALETTE = ("#D33115", "#E27300", "#16406C", "#FE9200", "#FCDC00", "#68CCCA", "#A4DD00", "#68BC00", "#AB149E", "#7B64FF")


def completed(raw: object, new_id: Callable[[], str]) -> object:
    """A copy of the structure's JSON in which every feature has id, hash, value and colour; given ones are kept."""
    if not isinstance(raw, dict):
        return raw
    demand_shallow(raw, MOST_LEVELS, "structure")
    return {**raw, **{place: _roots(raw[place], new_id) for place in ("objects", "classifications") if place in raw}}


def feature_hash(id_: str) -> str:
    """Eight characters (A-Z, 2-7) that stand for a new id."""
    return b32encode(sha256(id_.encode()).digest()[:5]).decode()


def _roots(entries: object, new_id: Callable[[], str]) -> object:
    if not isinstance(entries, list):
        return entries
    return [_root(each, number, new_id) for number, each in enumerate(entries, start=1)]


def _root(raw: object, number: int, new_id: Callable[[], str]) -> object:
    if not isinstance(raw, dict):
        return raw
    named = _hashed({"id": str(number), **raw}, new_id)
    if "shape" in named:
        named.setdefault("color", PALETTE[(number - 1) % len(PALETTE)])
    return _nested(named, "attributes", new_id, _attribute)


def _attribute(raw: Json, new_id: Callable[[], str]) -> Json:
    return _nested(_hashed(raw, new_id), "options", new_id, _option)


def _option(raw: Json, new_id: Callable[[], str]) -> Json:
    label = raw.get("label")
    named = _hashed(raw, new_id)
    if isinstance(label, str):
        named.setdefault("value", value_of(label))
    return _nested(named, "options", new_id, _attribute)


def value_of(name: str) -> str:
    """The machine word of a name: lower case, spaces as underscores (so `"Epiglottis "` is `epiglottis_`)."""
    return name.lower().replace(" ", "_")


def _hashed(raw: Json, new_id: Callable[[], str]) -> Json:
    given = "featureNodeHash" in raw or "feature" in raw
    return dict(raw) if given else {**raw, "featureNodeHash": feature_hash(new_id())}


def _nested(raw: Json, place: str, new_id: Callable[[], str], complete: Callable[..., Json]) -> Json:
    if isinstance(raw.get(place), list):
        raw[place] = list(_children(raw, place, new_id, complete))
    return raw


def _children(raw: Json, place: str, new_id: Callable[[], str], complete: Callable[..., Json]) -> Iterator[object]:
    for number, child in enumerate(raw[place], start=1):
        yield complete({"id": f"{raw.get('id')}.{number}", **child}, new_id) if isinstance(child, dict) else child
