"""The one spelling of an uploaded file's URL, and every other that leads nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.uploads import PREFIX, SCHEME, id_of, key_of, safe_name

RIGHT = f"{SCHEME}org-1/folder-1/upload-1/door.jpg"


def test_the_right_spelling_names_its_key_and_upload() -> None:
    assert key_of(RIGHT) == f"{PREFIX}org-1/folder-1/upload-1/door.jpg"
    assert id_of(RIGHT) == "upload-1"


@pytest.mark.parametrize(
    "url",
    [
        f"{SCHEME}org-1/folder-1/upload-1/../upload-2",
        f"{SCHEME}org-1/folder-1/upload-1/..",
        f"{SCHEME}../exports/x/y",
        f"{SCHEME}org-1/folder-1/upload-1/%2e%2e%2fdoor.jpg",
        f"{SCHEME}org-1%2ffolder-1/folder-1/upload-1/door.jpg",
        f"{SCHEME}org-1/folder-1/upload-1/door.jpg?versionId=1",
        f"{SCHEME}org-1/folder-1/upload-1/door.jpg#x",
        f"{SCHEME}org-1/folder-1/upload-1/door.jpg\n",
        f"{SCHEME}org-1//upload-1/door.jpg",
        f"{SCHEME}org-1/folder-1/upload-1/a/door.jpg",
        f"{SCHEME}org-1/folder-1/upload-1/",
        f"{SCHEME}org-1/folder-1/upload-1/.hidden",
        f"{SCHEME}user@org-1/folder-1/upload-1/door.jpg",
        f"{SCHEME}org-1\\folder-1/upload-1/x/door.jpg",
        f"{SCHEME}org-1/folder-1/upload-1/d\u043e\u043er.jpg",
        "GLOSS-UPLOAD://org-1/folder-1/upload-1/door.jpg",
        "s3://gloss-objects/uploads/org-1/folder-1/upload-1/door.jpg",
    ],
)
def test_no_other_spelling_names_anything(url: str) -> None:
    assert (key_of(url), id_of(url)) == (None, None)


@given(st.text(max_size=300))
def test_every_file_name_becomes_one_that_keys_may_have(name: str) -> None:
    url = f"{SCHEME}o/f/u/{safe_name(name)}"

    assert key_of(url) == f"{PREFIX}o/f/u/{safe_name(name)}"


def test_a_safe_name_keeps_what_tells_the_file() -> None:
    assert safe_name("Tür 3 (neu).jpg") == "T_r_3_neu_.jpg"
    assert (safe_name("../../etc"), safe_name("…"), safe_name("x" * 200 + ".mp4")[-4:]) == ("etc", "file", ".mp4")
