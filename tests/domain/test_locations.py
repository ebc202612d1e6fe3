"""Every form of a URL leads to one bucket and key, and has one canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Invalid
from gloss.domain.locations import Cloud, Location, fingerprint, is_name, locate, locate_prefix, locate_web
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
        (f"https://{POINT}/a/b%20c.jpg", POINT, "a/b c.jpg"),
        (f"{POINT}/a/b.jpg", POINT, "a/b.jpg"),
        (f"s3://{POINT}/a%20b", POINT, "a%20b"),
        ("https://acme-raw.s3.amazonaws.com//a", "acme-raw", "/a"),
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
        ("az://acme-raw/a", "scheme az"),
        ("http://acme-raw.s3.amazonaws.com/a", "scheme http"),
        ("https://acme-raw.s3.amazonaws.com/a#b", "%23"),
        ("https://storage.googleapis.com/acme-raw", "names no object"),
        ("https://storage.googleapis.com/acme-raw/a?generation=7", "generation"),
        ("https://acme.blob.core.windows.net/raw/a?snapshot=2026-01-01T00:00:00Z", "snapshot"),
        ("https://acme.blob.core.windows.net/In/a", "bucket's name"),
        ("https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a", "ARN"),
        ("file:///etc/passwd", "scheme file"),
        ("https://[broken/a", "URL"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        locate(url)


def test_a_relative_path_lies_under_the_default_location() -> None:
    assert locate("x/1.jpg", "s3://acme-raw/in/") == Location("acme-raw", "in/x/1.jpg")
    assert locate("x/1%.jpg", "gs://acme-raw/in/").key == "in/x/1%.jpg"
    assert locate("x/1%.jpg", "https://acme.blob.core.windows.net/raw/in/").key == "in/x/1%.jpg"


PLACES = [
    Location("acme-raw", ""),
    Location(POINT, ""),
    Location("acme-raw", "", None, Cloud.GCP),
    Location("in-2", "", None, Cloud.AZURE, "acme"),
    Location("acme-raw", "", None, Cloud.OTC, "eu-de"),
    Location("acme-raw", "", "a+/=b", Cloud.OTC, "eu-de"),
    Location("acme-raw", "", None, Cloud.S3_COMPATIBLE, "https://minio.acme.io:9000"),
]
KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
    lambda key: {".", ".."}.isdisjoint(key.split("/")) and "?versionId=" not in key
)


@given(place=st.sampled_from(PLACES), key=KEYS)
def test_the_canonical_form_leads_to_itself(place: Location, key: str) -> None:
    named = place._replace(key=key)
    endpoint = place.host if place.cloud is Cloud.S3_COMPATIBLE else None

    assert locate(named.url, endpoint=endpoint) == named
    assert locate_prefix(named.url, endpoint) == named


@given(one=KEYS, other=KEYS, place=st.sampled_from(PLACES))
def test_two_keys_never_share_a_canonical_form(one: str, other: str, place: Location) -> None:
    same = place._replace(key=one).url == place._replace(key=other).url

    assert same == (one == other)


IMAGE = "images/1+(32).jpg"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://encord-integration.s3.eu-west-2.amazonaws.com/images/1+(32).jpg", f"s3://encord-integration/{IMAGE}"),
        ("https://storage.cloud.google.com/encord-image-bucket/images/1+(32).jpg", f"gs://encord-image-bucket/{IMAGE}"),
        ("https://storage.googleapis.com/encord-image-bucket/images/1%2B(32).jpg", f"gs://encord-image-bucket/{IMAGE}"),
        ("https://encord-image-bucket.storage.googleapis.com/images/1+(32).jpg", f"gs://encord-image-bucket/{IMAGE}"),
        (f"gs://encord-image-bucket/{IMAGE}", f"gs://encord-image-bucket/{IMAGE}"),
        (
            "https://myaccount.blob.core.windows.net/encordcontainer/1-Samsung-S4-Light+Environment/1+(32).jpg",
            "https://myaccount.blob.core.windows.net/encordcontainer/1-Samsung-S4-Light+Environment/1+(32).jpg",
        ),
        (
            "https://a1c.blob.core.windows.net/raw/a%20b.png?sv=1&sig=s",
            "https://a1c.blob.core.windows.net/raw/a%20b.png",
        ),
        (
            "https://encord-bucket.obs.eu-de.otc.t-systems.com/images/1+(32).jpg",
            "https://encord-bucket.obs.eu-de.otc.t-systems.com/images/1+(32).jpg",
        ),
        (
            "https://obs.eu-de.otc.t-systems.com/encord-bucket/videos/Cooking.mp4",
            "https://encord-bucket.obs.eu-de.otc.t-systems.com/videos/Cooking.mp4",
        ),
        (
            "https://arn:aws:s3::123123123:accesspoint/frf28frarf9.mrap.s3-accesspoint.amazonaws.com/Videos/2022/1.mp4",
            "s3://arn:aws:s3::123123123:accesspoint/frf28frarf9.mrap/Videos/2022/1.mp4",
        ),
        ("https://Media.Example.com/a%2fb%7ec.jpg?w=%c3%a9", "https://media.example.com/a%2Fb~c.jpg?w=%C3%A9"),
    ],
)
def test_every_cloud_has_one_canonical_form(url: str, canonical: str) -> None:
    assert locate(url).url == canonical
    assert locate(canonical).url == canonical


HOSTILE = [
    "https://ann:secret@acme-raw.s3.amazonaws.com/a",
    "https://s3.amazonaws.com@evil.com/b/a",
    "https://storage.googleapis.com:444/b/a",
    "https://example.com:8080/a",
    "https://127.0.0.1/a",
    "https://2130706433/a",
    "https://0x7f.1/a",
    "https://[::1]/a",
    "https://[::ffff:169.254.169.254]/a",
    "https://localhost/a",
    "https://example.com./a",
    "https://exämple.com/a",
    "https://example.com\\@evil.com/a",
    "https://s3.amazonaws.com/acme-raw/a/../../gloss/x",
    "https://acme-raw.s3.amazonaws.com/%2e%2e/x",
    "https://example.com/a/%2E%2E%2Fb",
    "s3://acme-raw/a/../b",
    "gs://acme-raw/./b",
    "s3://acme-raw/a\nb",
    "https://acme-raw.s3.amazonaws.com/a%0Ab",
    "https://example.com/a\tb",
    "https://acme-raw.s3.amazonaws.com/%FF",
    "ftp://acme-raw/a",
    "javascript://acme-raw/a",
    "https://",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_form_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        locate(url)
    with pytest.raises(Invalid):
        locate_web(url)


def test_a_key_that_reads_like_a_version_is_refused() -> None:
    with pytest.raises(Invalid, match="names a version"):
        locate("https://acme-raw.s3.amazonaws.com/a%3FversionId=v1")


def test_a_stranger_that_looks_like_a_cloud_is_a_web_server() -> None:
    assert locate("https://s3.amazonaws.com.evil.com/b/a").cloud is Cloud.HTTPS
    assert locate("https://evilblob.core.windows.net.evil.com/b/a").cloud is Cloud.HTTPS


def test_an_endpoint_has_every_bucket_of_its_own() -> None:
    there = Location("raw", "a b", None, Cloud.S3_COMPATIBLE, "https://minio.acme.io:9000")

    assert locate("s3://raw/a b", endpoint=there.host) == there
    assert locate("https://minio.acme.io:9000/raw/a%20b", endpoint=there.host) == there
    with pytest.raises(Invalid, match="port"):
        locate("https://minio.acme.io:9001/raw/a", endpoint=there.host)


def test_plain_https_reads_any_host_as_a_web_server() -> None:
    assert locate_web("https://storage.googleapis.com/b/o").url == "https://storage.googleapis.com/b/o"
    assert locate_web("a b.png", "https://example.com/in/").url == "https://example.com/in/a%20b.png"
    assert locate_web("http://127.0.0.1:8000/a", origin="http://127.0.0.1:8000").host == "http://127.0.0.1:8000"


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
    with pytest.raises(Invalid, match=r"bucket|control"):
        locate(url)


@pytest.mark.parametrize(("letters", "name"), [(63, True), (64, False)])
def test_a_label_longer_than_dns_carries_is_no_name(letters: int, name: bool) -> None:
    assert is_name(f"{'a' * letters}.example.com") is name
    assert is_name(f"a.{'e' * letters}") is name
