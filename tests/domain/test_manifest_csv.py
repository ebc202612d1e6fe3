"""CSV manifests: five headers, mixed files, groups by title."""

import tracemalloc

import pytest

from gloss.domain.errors import Malformed
from gloss.domain.manifest.reading import rows
from gloss.domain.manifest.tables import CsvManifest
from gloss.domain.manifest.units import RowFault

SEED = """ObjectUrl,Image group title,Create video
a/1.jpg,Sequence 1,true
a/2.jpg,Sequence 1,
a/3.jpg,Group 1,false
ObjectUrl,Image title,Create video
a/4.jpg,Image 1,false
a/5.jpg,,false
OBJECTURL,video TITLE,Create video
a/6.mp4,Video 1,false
a/7.mp4,,
ObjectUrl,Dicom title
a/8.dcm,Scan
a/9.dcm,
a/10.dcm,Scan
"""


def read(text):
    body = text.encode() if isinstance(text, str) else text
    return list(rows(CsvManifest([body[:7], body[7:]])))


def only(line, header="ObjectUrl,Image group title,Create video"):
    (row,) = read(f"{header}\n{line}\n")
    return row


def test_a_mixed_file_becomes_units_of_every_kind():
    found = [(row.kind.value, row.name, row.urls) for row in read(SEED)]

    assert found == [
        ("image", "Image 1", ("a/4.jpg",)),
        ("image", "5.jpg", ("a/5.jpg",)),
        ("video", "Video 1", ("a/6.mp4",)),
        ("video", "7.mp4", ("a/7.mp4",)),
        ("image_sequence", "Sequence 1", ("a/1.jpg", "a/2.jpg")),
        ("image_group", "Group 1", ("a/3.jpg",)),
        ("dicom_series", "Scan", ("a/8.dcm", "a/10.dcm")),
        ("dicom_series", "9.dcm", ("a/9.dcm",)),
    ]


def test_row_numbers_are_lines():
    assert [row.row for row in read(SEED)] == [6, 7, 9, 10, 2, 4, 12, 13]


def test_a_single_column_means_videos():
    assert [row.kind for row in read("ObjectUrl\ns3://b/x.png\n")] == ["video"]


def test_byte_order_mark_carriage_returns_and_quotes_are_read():
    (row,) = read('\ufeffObjectUrl,Image title\r\n"s3://b/a,b.png","a ""b"""\r\n')

    assert (row.object_url, row.title) == ("s3://b/a,b.png", 'a "b"')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("s3://b/a b.png,Group,false", "whitespace"),
        (",Group,false", "ObjectUrl is empty"),
        ("s3://b/a.png,,false", "title is empty"),
        ("s3://b/a.png,Group,perhaps", "true, false or empty"),
        ("s3://b/a.png,Group,true,more", "too many cells"),
        (f"s3://b/a.png,{'t' * 300},false", "256"),
    ],
)
def test_a_wrong_line_is_a_fault_that_names_it(line, reason):
    fault = only(line)

    assert isinstance(fault, RowFault)
    assert fault.path.startswith("line 2")
    assert reason in fault.reason


def test_a_single_image_cannot_become_a_video():
    assert "must be false" in only("s3://b/a.png,x,true", "ObjectUrl,Image title,Create video").reason


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("s3://b/a.png,title\n", "line 1"),
        ("ObjectUrl,Picture title\n", "line 1"),
        ('ObjectUrl\n"s3://b/a\n', "line 2"),
    ],
)
def test_an_unreadable_table_is_refused_with_its_line(body, place):
    with pytest.raises(Malformed, match=place):
        read(body)


def test_a_line_that_is_not_utf8_is_a_fault_alone():
    first, second = read(b"ObjectUrl\ns3://b/\xff\xfe\ns3://b/x.mp4\n")

    assert (first.path, first.reason) == ("line 2", "the line is not UTF-8")
    assert second.object_url == "s3://b/x.mp4"


def test_more_groups_than_memory_holds_are_refused_with_the_remedy():
    url = "u" * 2**16
    table = (f"ObjectUrl,Image group title,Create video\n{url},one,false\n".encode() for _ in range(3000))

    with pytest.raises(Malformed, match="line 4098: its groups"):
        list(CsvManifest(table).parts())


@pytest.mark.parametrize("length", [2**17 + 1, 2**20 + 1, 3 * 2**20])
def test_a_cell_that_is_too_long_is_its_row_fault_alone(length):
    first, second, third = read(f"ObjectUrl\ns3://b/1.mp4\n{'u' * length}\ns3://b/3.mp4\n")

    assert (second.path, second.line, "131,072 letters" in second.reason) == ("line 3", 3, True)
    assert (first.object_url, third.object_url, third.row) == ("s3://b/1.mp4", "s3://b/3.mp4", 4)


def test_a_line_of_very_many_letters_is_not_kept_whole():
    chunks = [b"ObjectUrl\n", *[b"u" * 2**20] * 64, b"\ns3://b/3.mp4\n"]
    tracemalloc.start()

    found = list(rows(CsvManifest(chunks)))

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ([row.row for row in found], most < 2**24) == ([2, 3], True)


def test_a_missing_quote_ends_the_table_at_the_line_of_its_cell():
    rest = "s3://b/1.mp4,title\n" * 10_000

    with pytest.raises(Malformed, match=r"line 3: field larger than field limit \(131072\)"):
        read(f'ObjectUrl,Video title\ns3://b/0.mp4,a\ns3://b/1.mp4,"b\n{rest}')
