"""Reading the public label row back: only what is labelled counts, and ranges count before per-frame lists."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from gloss.domain.errors import Fault, Invalid
from gloss.domain.formats import geometry_json

Json = dict[str, Any]
MARKS = {
    "createdBy": "created_by",
    "lastEditedBy": "edited_by",
    "confidence": "confidence",
    "manualAnnotation": "manual",
}
ANSWERS = ("object_answers", "classification_answers")
TIMES = {"createdAt": "created_at", "lastEditedAt": "edited_at"}


def body_json(row: Mapping[str, Any]) -> Json:
    """The JSON of the row's label body, for `labels.parse` to check; raises Invalid when the row has not its shape."""
    try:
        return _read(row)
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        reason = f"{type(broken).__name__}: {broken}"
        raise Invalid("This is no label row.", [Fault("", reason)]) from None


def _read(row: Mapping[str, Any]) -> Json:
    own = _page(_own(row), dict(_pages(row)))
    spaces = {space_id: _page(_inside(row, space_id), _space_pages(row, space_id)) for space_id in _space_ids(row)}
    return {**own, "spaces": spaces} if spaces else own


def _page(row: Mapping[str, Any], pages: Mapping[int, Json]) -> Json:
    objects = _objects(row, pages)
    return {"objects": list(objects.values()), "classifications": list(_classifications(row, pages))}


def _space_ids(row: Mapping[str, Any]) -> Iterable[str]:
    """The spaces that the row has, and others that its answers name, which the checks then refuse."""
    answers = (each for name in ANSWERS for each in (row.get(name) or {}).values())
    return dict.fromkeys([*(row.get("spaces") or {}), *(id_ for each in answers for id_ in each.get("spaces") or {})])


def _space_pages(row: Mapping[str, Any], space_id: str) -> dict[int, Json]:
    space = (row.get("spaces") or {}).get(space_id) or {}
    return {int(frame): page for frame, page in (space.get("labels") or {}).items()}


def _own(row: Mapping[str, Any]) -> Json:
    """The row with the answers that hold for it itself, whatever its spaces say."""
    objects = {id_: _drawn(it) if it.get("spaces") else it for id_, it in (row.get("object_answers") or {}).items()}
    answers = (row.get("classification_answers") or {}).items()
    held = {id_: it for id_, it in answers if it.get("range") or not it.get("spaces")}
    return {**row, "object_answers": objects, "classification_answers": held}


def _inside(row: Mapping[str, Any], space_id: str) -> Json:
    """The row with the answers that hold in one of its spaces."""
    objects = (row.get("object_answers") or {}).items()
    answers = (row.get("classification_answers") or {}).items()
    return {
        **row,
        "object_answers": {id_: _as_placed(it, space_id) or _drawn(it) for id_, it in objects},
        "classification_answers": {id_: placed for id_, it in answers if (placed := _as_placed(it, space_id))},
    }


def _drawn(answers: Mapping[str, Any]) -> Json:
    """Answers without their class, which make an object of what is drawn only."""
    return {name: value for name, value in answers.items() if name != "featureHash"}


def _as_placed(answers: Mapping[str, Any], space_id: str) -> Json | None:
    """Answers with the ranges that they have in a space; None when they do not hold there."""
    place = (answers.get("spaces") or {}).get(space_id)
    if place is None:
        return None
    ranges = place.get("range") or []
    if place.get("type") == "html":
        return {**answers, "range": [], "range_html": [{"start": first, "end": last} for first, last in ranges]}
    return {**answers, "range": ranges, "range_html": []}


def _pages(row: Mapping[str, Any]) -> Iterator[tuple[int, Json]]:
    """The `{objects, classifications}` by frame; a group's frames are its units in sequence."""
    units = sorted(row["data_units"].values(), key=lambda unit: int(unit.get("data_sequence") or 0))
    for place, unit in enumerate(units):
        labels = unit.get("labels") or {}
        if "objects" in labels or "classifications" in labels:
            yield place, labels
        else:
            yield from ((int(frame), page) for frame, page in labels.items())


def _objects(row: Mapping[str, Any], pages: Mapping[int, Json]) -> dict[str, Json]:
    found = _on_frames(pages)
    for hash_, answers in (row.get("object_answers") or {}).items():
        if hash_ not in found and "featureHash" in answers:
            found[hash_] = _instance(hash_, answers["featureHash"]) | _marks(answers) | _placed(answers)
        if hash_ in found:
            found[hash_] |= _answers_of(answers)
    for hash_, actions in (row.get("object_actions") or {}).items():
        if hash_ in found:
            found[hash_]["dynamic"] = [_dynamic(each) for each in actions.get("actions") or ()]
    return found


def _on_frames(pages: Mapping[int, Json]) -> dict[str, Json]:
    """The objects that are on frames, with where they are."""
    found: dict[str, Json] = {}
    for frame, page in sorted(pages.items()):
        for each in page.get("objects") or ():
            instance = found.setdefault(each["objectHash"], _instance(each["objectHash"], each["featureHash"]))
            instance["frames"][str(frame)] = appearance(each)
    return found


def _answers_of(said: Mapping[str, Any]) -> Json:
    numbered = {} if said.get("objectNumber") is None else {"number": said["objectNumber"]}
    return {"answers": [_answer(each) for each in said.get("classifications") or ()], **numbered}


def appearance(raw: Mapping[str, Any]) -> Json:
    """An object of a page as it stands on its frame, unchecked."""
    return {**_marks(raw), "geometry": geometry_json.read(raw["shape"], raw)}


def _instance(hash_: str, feature: str) -> Json:
    return {"id": hash_, "feature": feature, "frames": {}}


def _classifications(row: Mapping[str, Any], pages: Mapping[int, Json]) -> Iterator[Json]:
    for hash_, raw in (row.get("classification_answers") or {}).items():
        feature = raw.get("featureHash") or _feature_on_pages(hash_, pages)
        if feature is None:
            continue
        placed = _placed(raw) if "range" in raw or "range_html" in raw else {"ranges": _ranges_on_pages(hash_, pages)}
        answers = [_answer(each) for each in raw.get("classifications") or ()]
        yield {"id": hash_, "feature": feature, **_marks(raw), **placed, "answers": answers}


def _feature_on_pages(hash_: str, pages: Mapping[int, Json]) -> str | None:
    return next((each["featureHash"] for _, each in _on_pages(hash_, pages)), None)


def _ranges_on_pages(hash_: str, pages: Mapping[int, Json]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for frame, _ in _on_pages(hash_, pages):
        if ranges and ranges[-1][1] == frame - 1:
            ranges[-1][1] = frame
        else:
            ranges.append([frame, frame])
    return ranges


def _on_pages(hash_: str, pages: Mapping[int, Json]) -> Iterator[tuple[int, Json]]:
    for frame, page in sorted(pages.items()):
        for each in page.get("classifications") or ():
            if each.get("classificationHash") == hash_:
                yield frame, each


def _placed(raw: Mapping[str, Any]) -> Json:
    html = {"html_ranges": raw["range_html"]} if raw.get("range_html") else {}
    return {"ranges": raw.get("range") or [], **html}


def _marks(raw: Mapping[str, Any]) -> Json:
    said = {ours: raw[theirs] for theirs, ours in MARKS.items() if raw.get(theirs) is not None}
    return said | {ours: moment(raw[theirs]) for theirs, ours in TIMES.items() if raw.get(theirs)}


def _answer(raw: Mapping[str, Any]) -> Json:
    given = raw["answers"]
    chosen = [option["featureHash"] for option in given] if isinstance(given, list) else given
    return {"feature": raw["featureHash"], "answer": chosen, "manual": raw.get("manualAnnotation", True)}


def _dynamic(raw: Mapping[str, Any]) -> Json:
    track = {"track": raw["trackHash"]} if raw.get("trackHash") else {}
    return {**_answer(raw), "ranges": raw["range"], "propagate": bool(raw.get("shouldPropagate")), **track}


@lru_cache(4096)
def moment(text: str) -> datetime:
    """A time as rows write it: ISO 8601, `2025-03-01 09:00:00`, or RFC 1123 with UTC or GMT; UTC by default."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = parsedate_to_datetime(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
