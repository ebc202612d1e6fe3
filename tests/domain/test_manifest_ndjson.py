"""NDJSON manifests: a kind on every line, flags in the first, and every line for itself."""

import json

import pytest

from gloss.domain.errors import Invalid
from gloss.domain.manifest.lines import TOO_LONG, NdjsonManifest
from gloss.domain.manifest.reading import rows
from gloss.domain.manifest.units import RowFault

IMAGE = b'{"kind": "image", "objectUrl": "s3://b/x.png"}'


def read(body, size=64):
    manifest = NdjsonManifest(body[at : at + size] for at in range(0, len(body), size))
    return list(rows(manifest)), manifest


def lines(*said):
    return b"\n".join(json.dumps(each).encode() for each in said)


def only(said):
    (row,), _ = read(lines(said))
    return row


def test_every_kind_of_line_gives_its_unit():
    single, group = {"objectUrl": "s3://b/x"}, {"title": "t", "objectUrl_0": "s3://b/0", "objectUrl_1": "s3://b/1"}
    kinds = ["video", "image", "audio", "pdf", "text", "nifti"]

    found, _ = read(
        lines(
            *({"kind": kind, **single} for kind in kinds),
            *({"kind": kind, **group} for kind in ("image_group", "image_sequence", "dicom_series")),
            {"kind": "image_group", "createVideo": True, **group},
            {"kind": "videos", **single},
        )
    )

    grouped = ["image_group", "image_sequence", "dicom_series", "image_sequence"]
    assert [row.kind for row in found] == [*kinds, *grouped, "video"]
    assert [row.row for row in found] == list(range(1, 12))
    assert found[6].urls == ("s3://b/0", "s3://b/1")


def test_flags_stand_in_the_first_line():
    found, manifest = read(b'{"skip_duplicate_urls": true, "upsertMetadata": true}\n' + IMAGE)

    assert manifest.flags.skip_duplicate_urls
    assert manifest.flags.upsert_metadata
    assert [row.row for row in found] == [2]


def test_a_flag_that_is_no_boolean_is_refused():
    with pytest.raises(Invalid, match="true or false"):
        read(b'{"skip_duplicate_urls": "perhaps"}\n')


def test_flags_after_a_row_are_a_fault_of_their_line():
    _, fault = read(IMAGE + b'\n{"skip_duplicate_urls": true}')[0]

    assert (fault.row, fault.path) == (2, "line 2.kind")


def test_empty_lines_a_mark_and_carriage_returns_are_overlooked():
    found, _ = read(b"\xef\xbb\xbf\r\n" + IMAGE + b"\r\n  \n\n" + IMAGE + b"\r\n")

    assert [(row.row, row.object_url) for row in found] == [(2, "s3://b/x.png"), (5, "s3://b/x.png")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"kind": "image" "objectUrl": "a"}', "column 18: expected `,`"),
        (b'{"kind": "image", "objectUrl": "s3://b/\xff"}', "column 40: the line is not UTF-8"),
        (b'{"kind": "image", "objectUrl": "a"}, {"kind": "image", "objectUrl": "b"}', "column 36: trailing"),
        (b'{"kind": "image", "objectUrl": "a"', "EOF"),
        (b'{"kind": "image", "objectUrl": NaN}', "expected value"),
        (b"[" * 300, "recursion"),
        (b"s3://b/x.png", "column 1: expected value"),
    ],
)
def test_a_line_that_is_no_json_is_a_fault_alone(line, reason):
    for size in (7, 10_000):
        (before, fault, after), _ = read(b"\n".join([IMAGE, line, IMAGE]), size)

        assert isinstance(fault, RowFault)
        assert (fault.row, fault.path, before.row, after.row) == (2, "line 2", 1, 3)
        assert reason in fault.reason


@pytest.mark.parametrize(
    ("said", "path", "reason"),
    [
        ({"objectUrl": "a"}, "line 1.kind", "expected one of video, image"),
        ({"kind": "dicom_file", "objectUrl": "a"}, "line 1.kind", "expected one of"),
        ({"kind": ["image"], "objectUrl": "a"}, "line 1.kind", "expected one of"),
        ({"kind": "image", "objectUrl": ""}, "line 1.objectUrl", "at least 1"),
        ({"kind": "image", "objectUrl": "a", "clientMetadata": None}, "line 1.clientMetadata", "dictionary"),
        ({"kind": "image", "objectUrl": "a", "colour": 1}, "line 1.colour", "Extra"),
        (
            {"kind": "image_sequence", "title": "t", "objectUrl_0": "a", "createVideo": False},
            "line 1.createVideo",
            "image_group",
        ),
        ("s3://b/x.png", "line 1", "an object was expected"),
    ],
)
def test_a_wrong_line_is_a_fault_with_path_and_reason(said, path, reason):
    fault = only(said)

    assert isinstance(fault, RowFault)
    assert fault.path == path
    assert reason in fault.reason


def test_a_row_cut_in_two_lines_is_two_faults_whatever_stands_beside():
    body = (
        b'{"kind": "image", "objectUrl": "a"}, {"kind": "image", "clientMetadata": {"a": [{}\n{}]}, "objectUrl": "b"}'
    )

    found, _ = read(body)

    assert [type(row) for row in found] == [RowFault, RowFault]


def test_a_line_that_is_too_long_is_a_fault_and_not_kept():
    long = (b" " * 2**20 for _ in range(20))

    manifest = NdjsonManifest([IMAGE + b"\n" + IMAGE, *long, b"\n" + IMAGE])

    first, fault, last = rows(manifest)
    assert (first.row, fault.reason, last.row) == (1, TOO_LONG, 3)
