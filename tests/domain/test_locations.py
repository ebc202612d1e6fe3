"""Every form of an S3 URL leads to one bucket and key, and has one canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid
from gloss.domain.locations import Location, fingerprint, locate
from gloss.domain.media import MediaKind

POINT = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("s3://acme-raw/a/b c.jpg", "acme-raw", "a/b c.jpg"),
        ("https://acme-raw.s3.amazonaws.com/a/b%20c.jpg", "acme-raw", "a/b c.jpg"),
        ("https://acme-raw.s3.eu-west-2.amazonaws.com/images/1+(32).jpg", "acme-raw", "images/1+(32).jpg"),
        ("https://acme.raw.s3.dualstack.eu-west-2.amazonaws.com/a", "acme.raw", "a"),
        ("https://s3.eu-west-2.amazonaws.com/acme-raw/a/b", "acme-raw", "a/b"),
        ("https://s3-us-west-2.amazonaws.com/acme-raw/a", "acme-raw", "a"),
        (f"https://{POINT}/a/b.jpg", POINT, "a/b.jpg"),
    ],
)
def test_every_form_leads_to_bucket_and_key(url: str, bucket: str, key: str) -> None:
    assert locate(url) == Location(bucket, key)


def test_a_signature_is_dropped_and_a_version_is_kept() -> None:
    url = "https://acme-raw.s3.amazonaws.com/a?X-Amz-Signature=f00&versionId=v1"

    assert locate(url).url == "s3://acme-raw/a?versionId=v1"
    assert locate(locate(url).url) == Location("acme-raw", "a", "v1")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("path/to/frame1.jpg", "no default location"),
        ("s3://acme-raw", "names no object"),
        ("s3://acme-raw/", "names no object"),
        ("gs://acme-raw/a", "scheme gs"),
        ("http://acme-raw.s3.amazonaws.com/a", "scheme http"),
        ("https://example.com/a.jpg", "host example.com"),
        ("https://s3.amazonaws.com.evil.com/b/a", "host s3.amazonaws.com.evil.com"),
        ("file:///etc/passwd", "scheme file"),
        ("https://[broken/a", "URL"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        locate(url)


def test_a_relative_path_lies_under_the_default_location() -> None:
    assert locate("x/1.jpg", "s3://acme-raw/in/") == Location("acme-raw", "in/x/1.jpg")


@given(key=st.text(st.characters(codec="utf-8", exclude_characters="?"), min_size=1))
def test_the_canonical_form_leads_to_itself(key: str) -> None:
    assert locate(Location("acme-raw", key).url) == Location("acme-raw", key)


def test_order_matters_to_groups_and_not_to_series() -> None:
    urls = ["s3://b/1", "s3://b/2"]

    assert fingerprint(MediaKind.IMAGE_GROUP, urls) != fingerprint(MediaKind.IMAGE_GROUP, urls[::-1])
    assert fingerprint(MediaKind.DICOM_SERIES, urls) == fingerprint(MediaKind.DICOM_SERIES, urls[::-1])
    assert fingerprint(MediaKind.IMAGE, urls[:1]) != fingerprint(MediaKind.VIDEO, urls[:1])


NO_BUCKETS = [
    "own\n",
    "..",
    "own.",
    "a b",
    "own%0A",
    "x",
    "b" * 300,
    "arn:aws:s3:eu-west-1:123456789012:accesspoint:mine",
]


@pytest.mark.parametrize(
    "url", [*(f"s3://{name}/own/key" for name in NO_BUCKETS), "https://s3.amazonaws.com/own%0A/key"]
)
def test_a_name_that_no_bucket_has_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="bucket"):
        locate(url)
