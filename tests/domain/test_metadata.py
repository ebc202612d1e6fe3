"""Client metadata: plain values, embeddings, and marks on frames."""

import pytest
from pydantic import ValidationError

from gloss.domain.metadata import Embedding, FrameMarks, described, frame_marks, mark_frames, merged, metadata_faults


def marks(frames, **config):
    return FrameMarks.model_validate({"frames": frames, "config": config})


def test_only_what_the_schema_calls_so_is_an_embedding():
    said = {"site": "north", "clip": Embedding([0.1, 2]), "sizes": [1, 2], "$encord": {}, "keyframes": [1]}

    found = described(said)

    assert found.metadata == {"site": "north", "sizes": [1, 2]}
    assert found.embeddings == {"clip": [0.1, 2]}


def test_frames_may_be_numbers_or_numeric_strings():
    assert mark_frames(marks([3, "7", "12"]), 25, 100).keyframes == (3, 7, 12)


def test_seconds_become_frames_with_their_content():
    said = marks({"2.0": {"my-clip": Embedding([0.1, 0.2])}, "31.5": {"weather": "fog"}}, keyframe_mode="seconds")

    found = mark_frames(said, 25, 1000)

    assert found.keyframes == (50, 787)
    assert found.frame_metadata == {787: {"weather": "fog"}}
    assert found.frame_embeddings == {50: {"my-clip": [0.1, 0.2]}}


@pytest.mark.parametrize("frame", ["100", "-1", "2.5", "first", "nan", "inf"])
def test_a_frame_outside_the_video_becomes_a_warning(frame):
    found = mark_frames(marks([frame, 5]), 25, 100)

    assert found.keyframes == (5,)
    assert frame in found.warnings[0]


def test_a_numeric_string_is_a_sampling_rate():
    assert marks([], sampling_rate="0.5").config.sampling_rate == 0.5


@pytest.mark.parametrize("config", [{"sampling_rate": -1}, {"keyframe_mode": "hours"}, {"speed": 2}])
def test_an_unknown_configuration_is_refused(config):
    with pytest.raises(ValidationError):
        marks([], **config)


@pytest.mark.parametrize("key", ["", "$own", "a/b", "x" * 129, "- _", "key_frames"])
def test_a_metadata_key_outside_the_rules_is_named(key):
    assert [fault.path for fault in metadata_faults({key: 1, "good key-1_2.3": 2})] == [key]


def test_the_older_list_of_key_frames_is_read():
    assert frame_marks({"keyframes": [1, 2]}) == {"frames": [1, 2]}
    assert frame_marks({"site": "north"}) is None


def test_merging_replaces_keys_and_null_removes_them():
    assert merged({"a": 1, "b": 2}, {"b": 3, "a": None, "c": 4}) == {"b": 3, "c": 4}
