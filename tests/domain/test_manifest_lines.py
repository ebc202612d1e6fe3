"""The line on which each row of a manifest begins, however the text is laid out."""

import json
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.json_text.window import BLOCK_BYTES
from gloss.domain.manifest.lines import NdjsonManifest
from gloss.domain.manifest.reading import JsonManifest, rows
from gloss.domain.manifest.tables import CsvManifest

SPACES = st.lists(st.sampled_from(["", "", " ", "\n", "\r\n", "\t", "\n\n  ", " \r\n"]), min_size=1, max_size=30)
SAID = st.sampled_from(["x", "},{", "\\", '"', "é\n", [{"a": 1}, {"b": []}], {"c": {"d": [1, 2]}}, [], 5, None])
PLAIN = st.builds(lambda said: {"objectUrl": "s3://b/x", "clientMetadata": {"k": said}}, SAID)
ELEMENTS = st.lists(PLAIN | SAID | st.just({"objectUrl": "s3://b/y"}), max_size=9)
ARRAYS = st.lists(st.tuples(st.sampled_from(["images", "videos", "image_groups"]), ELEMENTS), max_size=4)


class Layout:
    """Writes JSON with spaces of one's choice between its tokens, and notes on which line each row begins."""

    def __init__(self, spaces, trailing=""):
        self._spaces, self._trailing = cycle(spaces), trailing
        self.text, self.lines, self._placed = "", [], False

    def token(self, token):
        self.space()
        self.text += token

    def space(self):
        self.text += "" if self._placed else next(self._spaces)
        self._placed = False

    def manifest(self, arrays):
        self.token("{")
        for at, (key, elements) in enumerate(arrays):
            self.token("," if at else "")
            self.value(key)
            self.token(":")
            self.array(elements, self.row)
        self.token("}")
        return self

    def array(self, elements, write):
        self.token("[")
        for at, element in enumerate(elements):
            self.token("," if at else "")
            write(element)
        self.token(self._trailing if elements else "")
        self.token("]")

    def row(self, element):
        self.space()
        self.lines.append(1 + self.text.count("\n"))
        self._placed = True
        self.value(element)

    def value(self, value):
        if isinstance(value, list):
            return self.array(value, self.value)
        if not isinstance(value, dict):
            return self.token(json.dumps(value, ensure_ascii=False))
        self.token("{")
        for at, (key, said) in enumerate(value.items()):
            self.token(("," if at else "") + json.dumps(key) + ":")
            self.value(said)
        return self.token("}")


def lines_read(body, size, lenient=False):
    manifest = JsonManifest((body[at : at + size] for at in range(0, len(body), size)), lenient)
    return [row.line for row in rows(manifest)]


@given(ARRAYS, SPACES, st.integers(1, 90), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_rows_of_json_know_the_line_they_begin_on(arrays, spaces, size, mark):
    layout = Layout(spaces).manifest(arrays)

    assert lines_read(mark + layout.text.encode(), size) == layout.lines


@given(ARRAYS, SPACES, st.integers(1, 90), st.sampled_from(["", ","]))
def test_lenient_reading_gives_the_same_lines(arrays, spaces, size, trailing):
    layout = Layout(spaces, trailing).manifest(arrays)

    assert lines_read(layout.text.encode(), size, lenient=True) == layout.lines


@pytest.mark.parametrize("said", ["plain", [{"a": 1}, {"b": 2}]])
def test_lines_run_on_through_many_blocks(said):
    element = {"objectUrl": "s3://bucket/name.png", "clientMetadata": {"said": said}}
    layout = Layout(["", "\n", " ", "", "\r\n"]).manifest([("images", [element] * 2000), ("videos", [element] * 2000)])

    assert len(layout.text) > 2 * BLOCK_BYTES
    assert lines_read(layout.text.encode(), 2**16) == layout.lines


def test_rows_of_lines_begin_on_their_own():
    body = b'{"skip_duplicate_urls": true}\r\n\n{"kind": "image", "objectUrl": "a"}\r\nbroken\n{"kind": "x"}'

    assert [(row.row, row.line) for row in rows(NdjsonManifest([body]))] == [(3, 3), (4, 4), (5, 5)]


def test_rows_of_a_table_begin_on_their_first_line():
    table = b'ObjectUrl,Image title\r\ns3://b/1.png,"two\r\nlines"\r\n\r\ns3://b/2.png,one\r\n,\r\ns3://b/3.png,"'

    found = list(rows(CsvManifest([table + b'a\nb"\n'])))

    assert [(row.row, row.line, row.path) for row in found] == [(2, 2, "line 2"), (5, 5, "line 5"), (7, 7, "line 7")]
