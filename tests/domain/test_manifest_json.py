"""JSON manifests: every array, every spelling, duplicate keys, positions of errors."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid, Malformed
from gloss.domain.manifest.reading import JsonManifest, rows
from gloss.domain.manifest.units import UNIT, RowFault
from gloss.domain.media import MediaKind

VIDEO_FACTS = {"fps": "25", "duration": 40.0, "width": 1920, "height": 1080, "file_size": 7, "mime_type": "video/mp4"}


def read(text, lenient=False, size=64):
    body = text.encode() if isinstance(text, str) else json.dumps(text).encode()
    manifest = JsonManifest((body[at : at + size] for at in range(0, len(body), size)), lenient)
    return list(rows(manifest)), manifest


def only(element, array="images"):
    (row,), _ = read({array: [element]})
    return row


def test_every_array_gives_units_of_its_kind():
    single, group = {"objectUrl": "s3://b/x"}, {"title": "t", "objectUrl_0": "s3://b/0", "objectUrl_1": "s3://b/1"}
    arrays = {array: [single] for array in ("videos", "images", "audio", "pdfs", "pdf", "text", "nifti", "time_series")}

    found, _ = read({**arrays, "image_groups": [group, {**group, "createVideo": True}], "dicom_series": [group]})

    kinds = ["video", "image", "audio", "pdf", "pdf", "text", "nifti", "time_series"]
    assert [row.kind for row in found] == [*kinds, "image_group", "image_sequence", "dicom_series"]
    assert [row.row for row in found] == list(range(11))
    assert found[-1].urls == ("s3://b/0", "s3://b/1")


def test_duplicate_keys_are_joined_with_a_warning():
    text = '{"images": [{"objectUrl": "a"}], "videos": [], "images": [{"objectUrl": "b"}, {"objectUrl": "c"}]}'

    found, manifest = read(text)

    assert [row.urls[0] for row in found] == ["a", "b", "c"]
    assert [row.path for row in found] == ["images[0]", "images[1]", "images[2]"]
    assert "images" in manifest.warnings[0]


def test_flags_are_read_wherever_they_stand():
    _, manifest = read('{"skip_duplicate_urls": true, "images": [], "upsertMetadata": true}')

    assert manifest.flags.skip_duplicate_urls
    assert manifest.flags.upsert_metadata


def test_facts_from_the_client_are_taken_with_numbers_as_strings():
    unit = only({"objectUrl": "s3://b/v.mp4", "videoMetadata": VIDEO_FACTS}, "videos")

    (facts,) = unit.overrides
    assert (facts.fps, facts.frame_count, facts.width_px, facts.size_bytes) == (25.0, 1000, 1920, 7)


@pytest.mark.parametrize("key", ["audioMetadata", "audiometadata", "AUDIOMETADATA", "audio_metadata"])
def test_override_keys_are_read_in_any_case(key):
    said = {"duration": 1, "file_size": 2, "mime_type": "audio/wav", "sampleRate": 8000, "bit_depth": 16}
    unit = only({"objectUrl": "s3://b/a.wav", key: {**said, "codec": "pcm", "num_channels": 1}}, "audio")

    assert unit.overrides[0].sample_rate_hz == 8000


def test_a_time_series_says_how_its_columns_are_drawn():
    drawn = {"channels": {"speed": {"style": "points", "pointRadius": 3, "color": "#fff"}}}

    unit = only({"objectUrl": "s3://b/s.csv", "settings": drawn}, "time_series")

    assert (unit.settings.channels["speed"].point_radius, unit.overrides) == (3, (None,))


@pytest.mark.parametrize("said", [{"color": "red"}, {"lineWidth": 9}, {"style": "bars"}, {"label": ""}])
def test_columns_cannot_be_drawn_in_any_way(said):
    (fault,), _ = read({"timeSeries": [{"objectUrl": "s3://b/s.csv", "settings": {"channels": {"speed": said}}}]})

    assert "settings.channels.speed" in fault.path


def test_members_may_come_as_a_list_of_urls():
    unit = only(
        {"title": None, "images": [{"url": "https://b/a%20b.png", "title": "x"}], "createVideo": False}, "imageGroups"
    )

    assert unit.urls == ("https://b/a%20b.png",)
    assert unit.name == "a b.png"


@pytest.mark.parametrize(
    ("array", "element", "path", "reason"),
    [
        ("images", {"objectUrl": "s3://b/x", "colour": 1}, "images[0].colour", "Extra inputs"),
        ("images", {"title": "x"}, "images[0].objectUrl", "required"),
        ("images", {"objectUrl": "s3://b/x", "title": "t" * 300}, "images[0].title", "256"),
        ("images", {"objectUrl": 5}, "images[0].objectUrl", "string"),
        ("images", {"objectUrl": "s3://b/x", "clientMetadata": {"$own": 1}}, "images[0].clientMetadata", "$own"),
        ("videos", {"objectUrl": "s3://b/x", "videoMetadata": {"fps": 2}}, "videos[0].videoMetadata.duration", "req"),
        (
            "videos",
            {"objectUrl": "x", "clientMetadata": {"$encord": {"x": 1}}},
            "videos[0].clientMetadata",
            "$encord.x",
        ),
        ("image_groups", {"objectUrl_0": "s3://b/x"}, "image_groups[0].title", "required"),
        ("image_groups", {"title": "t", "objectUrl_0": "a", "objectUrl_2": "c"}, "image_groups[0]", "objectUrl_1"),
        (
            "image_groups",
            {"title": "t", "objectUrl_0": "a", "createVideo": "x"},
            "image_groups[0].createVideo",
            "Extra",
        ),
        ("image_groups", {"title": "t", "objectUrl_0": ""}, "image_groups[0].images[0].url", "at least 1"),
        ("dicom_series", {"title": "t"}, "dicom_series[0].dicomFiles", "required"),
        ("images", "s3://b/x", "images[0]", "object was expected"),
    ],
)
def test_a_wrong_row_is_a_fault_with_path_and_reason(array, element, path, reason):
    fault = only(element, array)

    assert isinstance(fault, RowFault)
    assert fault.path == path
    assert reason in fault.reason


def test_a_fault_names_the_urls_of_its_row():
    assert only({"title": "t", "objectUrl_0": "a", "objectUrl_2": "c"}, "image_groups").urls == ("a", "c")


def test_faults_and_units_keep_their_row_numbers():
    found, _ = read({"images": [{"objectUrl": "a"}, {"title": "b"}, {"objectUrl": "c"}]})

    assert [(type(row).__name__, row.row) for row in found] == [("ImageUnit", 0), ("RowFault", 1), ("ImageUnit", 2)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"images": [{"objectUrl": "a"} {"objectUrl": "b"}]}', "line 1, column 32"),
        ('{"images": [\n{"objectUrl": "a"},\n]}', "line 3, column 1"),
        ('{"images": [\n  {"objectUrl": "a",}\n]}', "line 2, column 21"),
        ('{"images": [{"objectUrl": nope}]}', "line 1, column 28"),
        ('{"images": [{"objectUrl": "a"}]', "line 1, column 32"),
        ('{"images": [{"objectUrl": "a', "line 1, column 28"),
        ('{"images": [{"objectUrl": "a"}]}\nmore', "line 2, column 1"),
        ('{"images" [1]}', "line 1, column 2"),
        ("[1, 2]", "line 1, column 1"),
        ("", "line 1, column 1"),
    ],
)
def test_text_that_is_not_json_is_refused_with_its_place(text, place):
    with pytest.raises(Malformed, match=place):
        read(text)


def test_lenient_reading_overlooks_trailing_commas():
    text = '{"images": [{"objectUrl": "a,}", "clientMetadata": {"t": [1,2,],},},], "skip_duplicate_urls": true,}'

    (unit,), manifest = read(text, lenient=True)

    assert unit.object_url == "a,}"
    assert manifest.flags.skip_duplicate_urls


@pytest.mark.parametrize(
    ("text", "path"),
    [('{"vidoes": []}', "vidoes"), ('{"images": {}}', "images"), ('{"upsert_metadata": 5}', "upsert_metadata")],
)
def test_an_unknown_or_wrong_top_level_key_is_refused(text, path):
    with pytest.raises(Invalid) as refusal:
        read(text)

    assert refusal.value.faults[0].path == path


@given(url=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_url_gives_a_title_that_an_item_may_bear(url):
    assert 1 <= len(only({"objectUrl": url}).name) <= 256


def test_a_unit_survives_being_stored_and_read():
    unit = only({"objectUrl": "s3://b/v", "videoMetadata": VIDEO_FACTS, "clientMetadata": {"a": None}}, "videos")

    assert UNIT.validate_json(unit.model_dump_json(by_alias=True)) == unit


URLS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(urls=st.lists(URLS, max_size=30), size=st.integers(1, 40), indent=st.sampled_from([None, 2]))
def test_any_urls_in_any_chunks_come_back_in_order(urls, size, indent):
    nested = {"deep": [{"x": [1, {"y": "]},{"}]}]}
    body = json.dumps({"images": [{"objectUrl": url, "clientMetadata": nested} for url in urls]}, indent=indent)

    found, _ = read(body, size=size)

    assert [row.urls[0] for row in found] == urls
    assert all(row.kind is MediaKind.IMAGE for row in found)


@given(cut=st.integers(0, 80))
def test_a_manifest_cut_anywhere_is_refused(cut):
    body = json.dumps(
        {"images": [{"objectUrl": "s3://b/1.png"}, {"objectUrl": "s3://b/2.png"}], "upsert_metadata": True}
    )

    with pytest.raises(Malformed, match="line 1"):
        read(body[: min(cut, len(body) - 1)])
