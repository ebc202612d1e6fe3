"""Time series tell their columns, their length and, when they are small, their rows; nothing in them costs more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid
from gloss.domain.timing import seconds_of
from gloss.probes import series
from tests.builders_media import ranged

SMALL = b'\xef\xbb\xbftime,speed,"heading, deg"\r\n2024-05-01T10:00:00Z,1.5,90\r\n2024-05-01T10:01:30+00:00,2,91\r\n'


def test_a_small_file_tells_its_columns_rows_and_length() -> None:
    facts = series.probe(ranged(SMALL))

    assert facts.columns == ("time", "speed", "heading, deg")
    assert (facts.num_rows, facts.start_s, facts.duration_s) == (2, 1_714_557_600, 90.0)
    assert (facts.mime_type, facts.size_bytes) == ("text/csv", len(SMALL))


def test_of_a_large_file_only_both_ends_are_read() -> None:
    rows = b"".join(b"%d,%d\n" % (number, number % 7) for number in range(400_000))
    file = ranged(b"t_ms,value\n" + rows)

    facts = series.probe(file)

    assert (facts.duration_s, facts.num_rows) == (399.999, None)
    assert file.bytes_read < 2**18 < file.size


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b"time\n1\n", "no two columns"),
        (b"time,a\n", "no measurement below its header"),
        (b"time,a,a\n1,2,3\n", "two columns called a"),
        (b"time,,a\n1,2,3\n", "a column without a name"),
        (b"0.1,5\n0.2,6\n", "no header"),
        (b"time,a\nsoon,2\n", "'soon' in its first column, which is no time"),
        (b"time,a\nnan,2\n", "which is no time"),
        (b"time,a\n1,open\n2,shut\n3,nan\n4\n", "has no number beside its times"),
        (b"t,a\0\n1,2\n", "is binary"),
        (b"%PDF-1.7\ntime,a\n", "is a PDF"),
        (b"t," + b"a" * 2**15 + b"\n1,2\n", "a header of more than 16 KiB"),
        (b",".join(b"c%d" % number for number in range(1001)) + b"\n1,2\n", "1001 columns, of at most 1000"),
        (b"time,a\n" + b"9" * 2**21, "which is no time"),
        (b"time,a\n1,2\n" + b"9" * 2**21, "no measurement below its header"),
    ],
)
def test_what_is_no_time_series_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match="Expected a time series, but s3://bucket/file") as refused:
        series.probe(ranged(body))

    assert reason in refused.value.message


@pytest.mark.parametrize("row", [b"2024-05-01;open;1,5", b"7;;-2e3", b"7;inf;0"])
def test_one_number_beside_the_time_is_enough_however_it_is_written(row: bytes) -> None:
    assert series.probe(ranged(b"time;state;value\n" + row + b"\n7;;\n")).columns == ("time", "state", "value")


def test_a_number_at_the_end_of_a_large_file_is_found_with_both_ends_read_alone() -> None:
    file = ranged(b"time,a\n" + b"1,\n" * 2**20 + b"2,5\n")

    assert (series.probe(file).duration_s, file.bytes_read < 2**18) == (1.0, True)


@given(st.binary(max_size=300))
def test_any_bytes_are_facts_or_a_refusal(body: bytes) -> None:
    file = ranged(b"time,a\n" + body)

    try:
        facts = series.probe(file)
    except Invalid:
        return

    assert facts.duration_s is not None
    assert facts.duration_s >= 0


@given(st.integers(1, 50), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_rows_are_counted_however_lines_end(count: int, delimiter: str, end: str) -> None:
    lines = [f"t{delimiter}v", *(f"{number}{delimiter}1" for number in range(count))]

    facts = series.probe(ranged(end.join(lines).encode()))

    assert (facts.num_rows, facts.duration_s, facts.columns) == (count, count - 1, ("t", "v"))


@pytest.mark.parametrize(
    ("cell", "column", "seconds"),
    [
        ("1.5", "time", 1.5),
        ("1500", "t_ms", 1.5),
        ("1500", "Time (ms)", 1.5),
        ("1714557600", "time", 1714557600),
        ("1714557600000", "time", 1714557600),
        ("1714557600000000000", "time", 1714557600),
        ("2024-05-01T10:00:00", "time", 1714557600),
        ("2024-05-01 12:00:00+02:00", "time", 1714557600),
        ("10 o'clock", "time", None),
        ("inf", "time", None),
    ],
)
def test_times_are_read_as_files_write_them(cell: str, column: str, seconds: float | None) -> None:
    assert seconds_of(cell, column) == (None if seconds is None else pytest.approx(seconds))
