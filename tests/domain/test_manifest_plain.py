"""Plain rows by the fast way: exactly what each row for itself gives, whatever rows stand beside it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.manifest.checking import unit_of, unit_of_line
from gloss.domain.manifest.lines import NdjsonManifest
from gloss.domain.manifest.plain import Run, is_plain
from gloss.domain.manifest.reading import JsonManifest, rows
from gloss.domain.manifest.units import RowFault, Spot
from gloss.domain.media import MediaKind

URLS = st.sampled_from(["s3://b/x.png", "a/b", "", "u" * 16_384, "u" * 16_385, '"},{"', "\\"])
TITLES = st.one_of(st.sampled_from([None, "", "t" * 256, "t" * 257, "}, {"]), st.text(max_size=5), st.integers())
KEYS = st.sampled_from(["a", "b c", "é", "$encord", "$own", "keyframes", "k" * 128, "k" * 129, "a/b", ""])
SAID = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
METADATA = st.dictionaries(KEYS, SAID | st.just([0.5] * 4097), max_size=3) | SAID
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "objectUrl": URLS | SAID,
        "title": TITLES,
        "clientMetadata": METADATA,
        "objectUrl_0": URLS,
        "imageMetadata": SAID,
        "colour": SAID,
    },
)
KINDS = st.sampled_from(["image", "video", "images", "image_group", "image_sequence", "dicom_file", 5, None, [], "pdf"])
LINES = st.one_of(
    st.builds(lambda kind, row: {"kind": kind, **row}, KINDS, ROWS),
    st.builds(lambda url: {"kind": "image", "objectUrl": url}, URLS),
    SAID,
)
BROKEN = st.sampled_from(
    [b"", b" ", b'{"kind": "image"', b"}, {", b'{"a": "\xff"}', b"{},{}", b'{"a": [{}', b"{}]}", b"0"]
)


@given(st.lists(st.builds(lambda said: json.dumps(said).encode(), LINES) | BROKEN, max_size=12), st.integers(1, 400))
def test_lines_together_give_what_each_line_alone_gives(lines, size):
    body = b"\n".join([b'{"kind": "image", "objectUrl": "first"}', *lines])

    found = list(rows(NdjsonManifest(body[at : at + size] for at in range(0, len(body), size))))

    assert [each for each in found if each.row > 1] == [
        row for at, line in enumerate(lines) for row in alone(line, at + 2)
    ]


def alone(line, number):
    """A line by itself: checked by the models, or the fault that no other line has a part in."""
    try:
        return [unit_of_line(json.loads(line), number)]
    except ValueError:
        return list(rows(NdjsonManifest([b"\n" * (number - 1) + line])))


@given(st.lists(ROWS | SAID, max_size=12), st.sampled_from(["images", "videos", "image_groups"]), st.integers(1, 400))
def test_elements_together_give_what_each_element_alone_gives(elements, array, size):
    body = json.dumps({array: elements}, indent=1 if size % 2 else None).encode()
    kind = {"images": MediaKind.IMAGE, "videos": MediaKind.VIDEO, "image_groups": MediaKind.IMAGE_GROUP}[array]

    found = list(rows(JsonManifest(body[at : at + size] for at in range(0, len(body), size))))

    each = json.loads(body)[array]
    unplaced = [row.model_copy(update={"line": None}) for row in found]
    assert unplaced == [unit_of(kind, raw, Spot(at, f"{array}[{at}]")) for at, raw in enumerate(each)]


@given(ROWS)
def test_what_is_plain_is_never_a_fault(row):
    plain = is_plain(row)

    assert not (plain and isinstance(unit_of(MediaKind.IMAGE, dict(row), Spot(0, "images[0]")), RowFault))


def test_plain_rows_stay_together_around_others():
    plain, other = {"objectUrl": "a", "title": None}, {"objectUrl": "b", "imageMetadata": {}}
    body = json.dumps({"images": [plain, plain, other, plain, plain]}).encode()

    runs = [part for part in JsonManifest([body]).parts() if isinstance(part, Run)]

    assert [(run.origin.row, len(run.texts)) for run in runs] == [(0, 2), (3, 1)]
