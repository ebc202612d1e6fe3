"""Manifests made of lists of files: kinds by name, groups by pattern, and each format read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid
from gloss.domain.job import ManifestFormat
from gloss.domain.manifest.listing import Wish, compiled, kind_of, listed
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.reading import rows
from gloss.domain.manifest.units import RowFault
from gloss.domain.manifest.writing import written
from gloss.domain.media import MediaKind

RIG = ["s3://b/rig/7/l_9.png", "s3://b/rig/7/l_10.png", "s3://b/rig/8/r_1.png", "s3://b/mr/1.dcm", "s3://b/mr/2.dcm"]


def a_list(urls, **wish):
    pattern = wish.pop("pattern", None)
    return list(listed(urls, Wish(compiled(pattern) if pattern else None, **wish)).rows)


def read_back(form, found, **flags):
    text = "".join(written(form, found, flags))
    manifest = opened(form, [text.encode()])
    return [(row.kind, row.name, row.urls, row.client_metadata) for row in rows(manifest)], manifest.flags


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("s3://b/a.MP4", MediaKind.VIDEO),
        ("a/b.jpeg", MediaKind.IMAGE),
        ("https://h/x.flac?versionId=1", MediaKind.AUDIO),
        ("x.nii.gz", MediaKind.NIFTI),
        ("x.pdf", MediaKind.PDF),
        ("x.html", MediaKind.TEXT),
        ("x.dcm", MediaKind.DICOM_SERIES),
        ("x.gz", None),
        ("png", None),
    ],
)
def test_the_name_tells_the_kind(url, kind):
    assert kind_of(url) is kind


def test_a_pattern_joins_files_in_the_order_of_counting():
    first, second, series = a_list(RIG, pattern=r"/(?P<group>\d|mr)/")

    assert (first["kind"], first["title"], first["objectUrl_0"]) == ("image_group", "7", RIG[0])
    assert (second["kind"], second["objectUrl_0"]) == ("image_group", RIG[2])
    assert (series["kind"], series["objectUrl_1"]) == ("dicom_series", RIG[4])


def test_joined_images_become_sequences_on_request():
    row, *_ = a_list(RIG, pattern=r"rig/(?P<group>\d)", together=MediaKind.IMAGE_SEQUENCE)[2:]

    assert row["kind"] == "image_sequence"


def test_named_groups_are_title_and_metadata():
    (row,) = a_list(["s3://b/north/day-1.mp4"], pattern=r"/(?P<site>\w+)/(?P<title>[^./]+)[.]")

    assert row == {
        "kind": "video",
        "objectUrl": "s3://b/north/day-1.mp4",
        "title": "day-1",
        "clientMetadata": {"site": "north"},
    }


def test_a_group_has_the_metadata_that_its_files_share():
    (row,) = a_list(RIG[:2], pattern=r"(?P<rig>rig)/(?P<group>\d)/l_(?P<frame>\d+)")

    assert row["clientMetadata"] == {"rig": "rig"}


def test_files_of_no_known_kind_are_named_and_left_out():
    found = listed(["a.png", "b.docx"], Wish())

    assert (len(list(found.rows)), found.unknown) == (1, ["b.docx"])


def test_a_kind_can_be_said_for_all_files():
    assert [row["kind"] for row in a_list(["scan/001", "scan/002"], kind=MediaKind.DICOM_SERIES)] == [
        "dicom_series"
    ] * 2


@pytest.mark.parametrize("pattern", ["(", "rig/.*"])
def test_a_pattern_that_says_nothing_is_refused(pattern):
    with pytest.raises(Invalid):
        compiled(pattern)


def test_only_images_and_series_can_be_joined():
    with pytest.raises(Invalid, match="video files cannot be joined"):
        a_list(["s3://b/a.mp4"], pattern=r"(?P<group>b)")


@pytest.mark.parametrize("form", ManifestFormat)
def test_every_format_is_read_back_as_the_same_units(form):
    found = a_list([*RIG, "s3://b/x.mp4", "s3://b/y.png"], pattern=r"rig/(?P<group>\d)|(?P<title>y)[.]")

    told, _ = read_back(form, found)

    assert sorted(told, key=str) == sorted(
        [
            (MediaKind.IMAGE_GROUP, "7", (RIG[0], RIG[1]), {}),
            (MediaKind.IMAGE_GROUP, "8", (RIG[2],), {}),
            (MediaKind.DICOM_SERIES, "1.dcm", (RIG[3],), {}),
            (MediaKind.DICOM_SERIES, "2.dcm", (RIG[4],), {}),
            (MediaKind.VIDEO, "x.mp4", ("s3://b/x.mp4",), {}),
            (MediaKind.IMAGE, "y", ("s3://b/y.png",), {}),
        ],
        key=str,
    )


@pytest.mark.parametrize("form", [ManifestFormat.JSON, ManifestFormat.NDJSON])
def test_flags_and_metadata_are_read_back(form):
    found = a_list(["s3://b/é.png"], pattern=r"(?P<site>b)")

    ((*_, metadata),), flags = read_back(form, found, skip_duplicate_urls=True)

    assert (metadata, flags.skip_duplicate_urls, flags.upsert_metadata) == ({"site": "b"}, True, False)


@pytest.mark.parametrize(
    ("row", "flags", "reason"),
    [
        ({"kind": "audio", "objectUrl": "a.wav"}, {}, "audio files"),
        ({"kind": "image", "objectUrl": "a.png", "clientMetadata": {"a": "b"}}, {}, "metadata"),
        ({"kind": "image", "objectUrl": "a b.png"}, {}, "whitespace"),
        ({"kind": "image", "objectUrl": "a.png"}, {"upsert_metadata": True}, "no flags"),
    ],
)
def test_what_csv_cannot_say_is_refused_with_the_remedy(row, flags, reason):
    with pytest.raises(Invalid, match=reason):
        list(written(ManifestFormat.CSV, [row], flags))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1), max_size=9)
)
def test_any_name_of_an_image_is_read_back(names):
    urls = [f"s3://b/{name}.png" for name in names]

    for form in (ManifestFormat.NDJSON, ManifestFormat.JSON, ManifestFormat.CSV):
        found = list(rows(opened(form, ["".join(written(form, a_list(urls, kind=MediaKind.IMAGE), {})).encode()])))
        assert [row.urls for row in found if not isinstance(row, RowFault)] == [(url,) for url in urls]
