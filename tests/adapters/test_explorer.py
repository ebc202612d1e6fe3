"""The embedded explorer filters, sorts, pages and finds the nearest, exactly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gloss.adapters.explorer_duckdb import DuckExplorer
from gloss.adapters.memory import MemoryBlobs
from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.errors import Invalid, Malformed
from gloss.domain.explore import Filters, LabelSearch, Results, Search, Sort
from gloss.domain.metrics.vectors import normalised
from tests.builders_active import INDEX, a_fact, a_frame, add_vectors, an_explorer, shards_of


def ids(results: Results) -> list[int]:
    return [int(found.data_id[1:]) for found in results.entries]


def passing(explorer: DuckExplorer, **filters: Any) -> list[int]:
    return sorted(ids(explorer.search(INDEX, Search(filters=Filters.model_validate(filters)))))


def measured(tmp_path: Path, **columns: list[float | None]) -> DuckExplorer:
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    measures = [{"id": f"d{number}:0", **row} for number, row in enumerate(rows)]
    return an_explorer(shards_of(len(rows), measures=measures), tmp_path)


def test_an_empty_filter_passes_every_frame(tmp_path: Path) -> None:
    assert passing(an_explorer(shards_of(4), tmp_path)) == [0, 1, 2, 3]


def test_frames_are_filtered_by_workflow_stage(tmp_path: Path) -> None:
    assert passing(an_explorer(shards_of(4), tmp_path), stages=["review"]) == [0, 2]


def test_metadata_text_must_be_one_of_the_values(tmp_path: Path) -> None:
    facts = [a_fact(0, "site", "north"), a_fact(1, "site", "south"), a_fact(2, "site", "east")]
    explorer = an_explorer(shards_of(3, facts=facts), tmp_path)

    assert passing(explorer, metadata={"site": {"op": "is", "values": ["north", "east"]}}) == [0, 2]


def test_a_boolean_is_not_the_text_of_its_name(tmp_path: Path) -> None:
    facts = [a_fact(0, "night", True), a_fact(1, "night", "true")]
    explorer = an_explorer(shards_of(2, facts=facts), tmp_path)

    assert passing(explorer, metadata={"night": {"op": "is", "values": [True]}}) == [0]
    assert passing(explorer, metadata={"night": {"op": "is", "values": ["true"]}}) == [1]


def test_metadata_numbers_are_compared_as_numbers(tmp_path: Path) -> None:
    facts = [a_fact(number, "speed", speed) for number, speed in enumerate((9.0, 10.0, 100.0))]
    explorer = an_explorer(shards_of(3, facts=facts), tmp_path)

    assert passing(explorer, metadata={"speed": {"op": "between", "start": 10}}) == [1, 2]


def test_metadata_moments_are_compared_as_moments(tmp_path: Path) -> None:
    facts = [a_fact(number, "taken", day, moment=day) for number, day in enumerate(("2024-01-05", "2024-02-05"))]
    explorer = an_explorer(shards_of(2, facts=facts), tmp_path)

    taken = {"op": "between", "start": "2024-02-01T00:00:00Z", "end": "2024-03-01T00:00:00Z"}

    assert passing(explorer, metadata={"taken": taken}) == [1]


def a_place(number: int, latitude: float, longitude: float) -> dict[str, Any]:
    return {"id": f"d{number}:0", "key": "place", "type": "place", "latitude": latitude, "longitude": longitude}


def test_places_are_found_within_a_radius_in_metres(tmp_path: Path) -> None:
    munich, dachau, suva = a_place(0, 48.1372, 11.5755), a_place(1, 48.2603, 11.4342), a_place(2, -18.14, 178.44)
    explorer = an_explorer(shards_of(3, facts=[munich, dachau, suva]), tmp_path)

    def near(radius_m: float) -> list[int]:
        point = {"op": "near", "latitude": 48.1372, "longitude": 11.5755, "radius_m": radius_m}
        return passing(explorer, metadata={"place": point})

    assert [near(metres) for metres in (0, 17_200, 17_300, 20_100_000)] == [[0], [0], [0, 1], [0, 1, 2]]


def test_places_are_found_in_a_box_also_across_the_date_line(tmp_path: Path) -> None:
    places = [a_place(0, 48.1, 11.6), a_place(1, -18.1, 178.4), a_place(2, -13.8, -171.8)]
    explorer = an_explorer(shards_of(3, facts=places), tmp_path)

    europe = {"op": "box", "south": 35, "west": -10, "north": 70, "east": 40}
    pacific = {"op": "box", "south": -30, "west": 170, "north": 0, "east": -160}

    assert passing(explorer, metadata={"place": europe}) == [0]
    assert passing(explorer, metadata={"place": pacific}) == [1, 2]


def test_a_prefix_is_the_beginning_of_the_text(tmp_path: Path) -> None:
    facts = [a_fact(0, "site", "north-1"), a_fact(1, "site", "far north"), a_fact(2, "site", "North")]
    explorer = an_explorer(shards_of(3, facts=facts), tmp_path)

    assert passing(explorer, metadata={"site": {"op": "prefix", "text": "north"}}) == [0]


def test_two_ranges_of_one_metric_are_alternatives(tmp_path: Path) -> None:
    explorer = measured(tmp_path, brightness=[0.05, 0.5, 0.95, None])

    assert passing(explorer, metrics={"brightness": [{"end": 0.1}, {"start": 0.9}]}) == [0, 2]


def test_two_metrics_must_both_hold(tmp_path: Path) -> None:
    explorer = measured(tmp_path, brightness=[0.05, 0.05], contrast=[0.1, 0.9])

    assert passing(explorer, metrics={"brightness": [{"end": 0.1}], "contrast": [{"start": 0.5}]}) == [1]


def test_class_and_metric_must_hold_for_the_same_label(tmp_path: Path) -> None:
    labels = [
        {"id": "a", "frame_id": "d0:0", "feature": "car"},
        {"id": "b", "frame_id": "d0:0", "feature": "bus"},
        {"id": "c", "frame_id": "d1:0", "feature": "car"},
    ]
    sizes = [{"id": name, "area_relative": size} for name, size in (("a", 0.1), ("b", 0.9), ("c", 0.9))]
    explorer = an_explorer(shards_of(2, labels=labels, label_measures=sizes), tmp_path)

    asked = {"classes": ["car"], "metrics": {"area_relative": [{"start": 0.5}]}}

    assert passing(explorer, labels=asked) == [1]


def test_any_of_several_rectangles_of_the_map_is_enough(tmp_path: Path) -> None:
    spots = [{"id": f"d{number}:0", "x": number, "y": 0.0} for number in range(4)]
    explorer = an_explorer(shards_of(4, map=spots), tmp_path)

    rectangles = [{"x1": -1, "y1": -1, "x2": 0.5, "y2": 1}, {"x1": 2.5, "y1": -1, "x2": 9, "y2": 1}]

    assert passing(explorer, rectangles=rectangles) == [0, 3]


def test_a_collection_is_a_list_of_frames(tmp_path: Path) -> None:
    blobs = shards_of(4)
    blobs.put("members.csv", b"d1:0\nd3:0\n")

    assert passing(an_explorer(blobs, tmp_path), collections=["members.csv"]) == [1, 3]


def test_pages_give_every_frame_once_in_order(tmp_path: Path) -> None:
    explorer = measured(tmp_path, contrast=[0.3, 0.1, None, 0.3, 0.2, None])
    sort = Sort.model_validate({"by": "contrast", "direction": "desc"})

    first = explorer.search(INDEX, Search(sort=sort, limit=4))
    rest = explorer.search(INDEX, Search(sort=sort, limit=4, token=first.next_token))

    assert ids(first) + ids(rest) == [0, 3, 4, 1, 2, 5]
    assert (first.total, rest.next_token) == (6, None)


def test_random_order_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    explorer = an_explorer(shards_of(20), tmp_path)

    orders = [ids(explorer.search(INDEX, Search(sort=Sort(seed=seed)))) for seed in ("a", "a", "b")]

    assert orders[0] == orders[1] != orders[2]


def test_random_pages_never_repeat_a_frame(tmp_path: Path) -> None:
    explorer = an_explorer(shards_of(9), tmp_path)

    first = explorer.search(INDEX, Search(sort=Sort(seed="s"), limit=5))
    rest = explorer.search(INDEX, Search(sort=Sort(seed="s"), limit=5, token=first.next_token))

    assert sorted(ids(first) + ids(rest)) == list(range(9))


def test_a_foreign_page_token_is_malformed(tmp_path: Path) -> None:
    explorer = an_explorer(shards_of(2), tmp_path)

    with pytest.raises(Malformed):
        explorer.search(INDEX, Search(token="nonsense"))


def with_vectors(tmp_path: Path, rows: list[list[float]], frames: int | None = None) -> DuckExplorer:
    blobs: MemoryBlobs = shards_of(frames or len(rows))
    add_vectors(blobs, rows, rows)
    return an_explorer(blobs, tmp_path)


def test_the_nearest_frames_come_first_without_the_frame_itself(tmp_path: Path) -> None:
    explorer = with_vectors(tmp_path, [[1, 0], [0, 1], [1, 0.1], [-1, 0]])

    found = explorer.similar(INDEX, "d0:0", Filters(), 3)

    assert ids(found) == [2, 1, 3]
    assert [hit.score for hit in found.entries] == pytest.approx([0.9975, 0.5, 0.0], abs=1e-3)


def test_likeness_searches_behind_the_filter(tmp_path: Path) -> None:
    explorer = with_vectors(tmp_path, [[1, 0], [0, 1], [1, 0.1], [-1, 0]])

    found = explorer.similar(INDEX, "d0:0", Filters(stages=("annotate",)), 9)

    assert ids(found) == [1, 3]


def test_words_are_searched_in_the_semantic_space(tmp_path: Path) -> None:
    explorer = with_vectors(tmp_path, [[1, 0], [0, 1], [1, 1]])

    assert ids(explorer.nearest(INDEX, [0.0, 1.0], Filters(), 2)) == [1, 2]


def test_exact_search_equals_sorting_all_cosines(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).normal(size=(60, 16))
    explorer = with_vectors(tmp_path, rows.tolist())
    unit = normalised(rows).astype(np.float16).astype(np.float32)

    expected = [row for row in np.argsort(-(unit @ unit[7]), kind="stable") if row != 7][:10]

    assert ids(explorer.similar(INDEX, "d7:0", Filters(), 10)) == expected


def test_a_frame_without_a_vector_is_never_found_nor_asked(tmp_path: Path) -> None:
    explorer = with_vectors(tmp_path, [[1, 0], [0, 1]], frames=3)

    assert ids(explorer.nearest(INDEX, [1.0, 0.0], Filters(), 9)) == [0, 1]
    with pytest.raises(Invalid):
        explorer.similar(INDEX, "d2:0", Filters(), 9)


def test_a_distribution_counts_every_value_in_a_bin(tmp_path: Path) -> None:
    explorer = measured(tmp_path, brightness=[0.0, 0.25, 0.5, 1.0, None])

    spread = explorer.distribution(INDEX, "brightness", Filters())

    assert (spread.count, spread.least, spread.greatest, sum(spread.bins)) == (4, 0.0, 1.0, 4)
    assert spread.quartiles == (0.0, 0.25, 0.5)


def test_what_was_computed_early_stays_closed(tmp_path: Path) -> None:
    blobs = shards_of(1, measures=[{"id": "d0:0", "brightness": 0.5}], labels=[{"id": "a", "frame_id": "d0:0"}])

    explorer = an_explorer(blobs, tmp_path, Stage.DATA)

    (frame,) = explorer.search(INDEX, Search()).entries
    assert (frame.metrics, frame.labels) == ({}, ())


def test_a_found_frame_shows_its_metadata_and_classes(tmp_path: Path) -> None:
    labels = [{"id": name, "frame_id": "d0:0", "feature": name} for name in ("car", "bus")]
    blobs = shards_of(labels=labels, frames=1)

    (frame,) = an_explorer(blobs, tmp_path).search(INDEX, Search()).entries

    assert (frame.metadata, frame.labels) == (a_frame(0)["metadata"], ("bus", "car"))


def test_members_tell_the_task_of_every_frame(tmp_path: Path) -> None:
    explorer = an_explorer(shards_of(3), tmp_path)

    assert [tuple(member) for member in explorer.members(INDEX, Filters(stages=("annotate",)))] == [
        ("d1:0", "d1", "t1")
    ]


def moved(number: int, to_stage: str, minute: int, **more: Any) -> dict[str, Any]:
    return {"task_id": f"t{number}", "to_stage": to_stage, "at": f"2026-01-02T12:{minute:02}:00Z", **more}


def after(tmp_path: Path, *batches: list[dict[str, Any]]) -> DuckExplorer:
    """Three frames, then events that arrive in these batches, the explorer catching up after each."""
    blobs = shards_of(3)
    explorer = an_explorer(blobs, tmp_path)
    for number, events in enumerate(batches):
        blobs.put(f"events/p/2026/01/02/{number}.ndjson", shards.lines(events))
        explorer.catch_up(INDEX, ["events/p/2026/01/01/", "events/p/2026/01/02/"])
    return explorer


def test_a_task_that_moved_is_found_where_it_is_now(tmp_path: Path) -> None:
    explorer = after(tmp_path, [moved(0, "complete", 1), {"kind": "labels.saved", "task_id": "t1"}])

    assert passing(explorer, stages=["complete"]) == [0]
    assert passing(explorer, stages=["review"]) == [2]


def test_the_latest_event_counts_whenever_it_arrives(tmp_path: Path) -> None:
    explorer = after(tmp_path, [moved(0, "complete", 9)], [moved(0, "annotate", 3, priority=0.9)])

    (frame,) = explorer.search(INDEX, Search(filters=Filters(data_ids=("d0",)))).entries
    assert (frame.stage, frame.priority) == ("complete", 0.9)


def with_labels(tmp_path: Path) -> DuckExplorer:
    """A car and a bus on frame 0, a car on frame 1; the cars' sizes differ."""
    placed = [("a", 0, "car", 0.1), ("b", 0, "bus", 0.9), ("c", 1, "car", 0.5)]
    labels = [
        {"id": name, "frame_id": f"d{number}:0", "feature": feature, "kind": "bounding_box", "object_hash": name}
        for name, number, feature, _ in placed
    ]
    sizes = [{"id": name, "area_relative": size} for name, _, _, size in placed]
    return an_explorer(shards_of(2, labels=labels, label_measures=sizes), tmp_path)


def test_labels_are_listed_one_by_one(tmp_path: Path) -> None:
    asked = LabelSearch.model_validate({"filters": {"labels": {"classes": ["car"]}}})

    found = with_labels(tmp_path).labels(INDEX, asked)

    assert sorted((it.id, it.data_id) for it in found.entries) == [("a", "d0"), ("c", "d1")]
    assert found.total == 2


def test_labels_are_sorted_and_paged_by_their_metrics(tmp_path: Path) -> None:
    explorer = with_labels(tmp_path)
    asked = LabelSearch.model_validate({"sort": {"by": "area_relative", "direction": "desc"}, "limit": 2})

    first = explorer.labels(INDEX, asked)
    rest = explorer.labels(INDEX, asked.model_copy(update={"token": first.next_token}))

    assert [it.id for it in (*first.entries, *rest.entries)] == ["b", "c", "a"]


def test_labels_are_narrowed_by_their_frames(tmp_path: Path) -> None:
    asked = LabelSearch.model_validate({"filters": {"stages": ["annotate"]}})

    assert [it.id for it in with_labels(tmp_path).labels(INDEX, asked).entries] == ["c"]
