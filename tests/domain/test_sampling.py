"""Which frames are sampled: an even base, key frames, no drift."""

from itertools import pairwise
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.sampling import frame_at, frame_total, frames, sampled

RATES = st.sampled_from([0.1, 0.5, 1, 2, 7.5, 10, 24, 29.97, 30, 60])


def test_one_sample_a_second_takes_every_second():
    assert frames(25, 3.0, 1) == (0, 25, 50)


def test_rate_zero_takes_first_frame_and_key_frames():
    assert frames(25, 40.0, 0, (50, 787)) == (0, 50, 787)


def test_no_rate_takes_every_frame():
    assert frames(10, 0.5, None) == (0, 1, 2, 3, 4)


def test_a_rate_above_the_video_takes_every_frame():
    assert frames(10, 0.5, 30) == (0, 1, 2, 3, 4)


def test_key_frames_outside_the_video_are_left_out():
    assert frames(10, 1.0, 0, (-1, 3, 10)) == (0, 3)


def test_an_empty_video_has_no_frames():
    assert sampled(0, 25, 1, (0,)) == ()


def test_seconds_beyond_the_end_are_the_last_frame():
    assert frame_at(31.5, 25, 1000) == 787
    assert frame_at(90, 25, 1000) == 999


@given(fps=RATES, rate=RATES, seconds=st.integers(0, 600), marks=st.sets(st.integers(0, 50_000), max_size=20))
def test_samples_are_sorted_distinct_and_hold_the_marks(fps, rate, seconds, marks):
    total = frame_total(fps, seconds)

    chosen = frames(fps, seconds, rate, marks)

    assert list(chosen) == sorted(set(chosen))
    assert {mark for mark in marks if mark < total} <= set(chosen) <= set(range(total))


@given(rate=st.integers(1, 30), total=st.integers(1, 200_000))
def test_the_number_of_samples_never_drifts(rate, total):
    chosen = sampled(total, 29.97, rate)

    expected = total if rate >= 29.97 else ceil(total * rate * 100 / 2997)
    assert len(chosen) == expected


@given(fps=st.sampled_from([23.976, 25, 29.97, 59.94]), rate=st.sampled_from([0.3, 1, 2, 5, 12]))
def test_gaps_between_samples_differ_by_at_most_one(fps, rate):
    chosen = frames(fps, 120, rate)

    gaps = {after - before for before, after in pairwise(chosen)}
    assert max(gaps) - min(gaps) <= 1
