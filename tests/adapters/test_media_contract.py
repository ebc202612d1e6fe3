"""Media in memory and in S3 keep the same contract; what S3 alone knows follows below."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gloss.adapters.lent_roles import LentRole
from gloss.adapters.memory import FixedClock
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.s3media import S3Media
from gloss.domain.errors import Forbidden, Invalid, NotFound
from gloss.ports import Media

BODY = bytes(range(256))


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="acme-raw")
        client.put_object(Bucket="acme-raw", Key="a b", Body=BODY)
        yield client


@pytest.fixture(params=["memory", "s3"])
def media(request: pytest.FixtureRequest) -> Media:
    if request.param == "memory":
        return MemoryMedia({"s3://acme-raw/a b": BODY})
    client = request.getfixturevalue("s3")
    return S3Media(lambda: client, "gloss-objects")


def test_a_range_is_read_by_every_form_of_the_url(media: Media) -> None:
    for url in ("s3://acme-raw/a b", "https://acme-raw.s3.amazonaws.com/a%20b"):
        assert media.read(url, 10, 5) == BODY[10:15]


def test_a_range_is_short_at_the_end_and_empty_behind_it(media: Media) -> None:
    assert media.read("s3://acme-raw/a b", 250, 100) == BODY[250:]
    assert media.read("s3://acme-raw/a b", 256, 100) == b""


def test_the_size_is_known_before_and_after_reading(media: Media) -> None:
    assert media.size("s3://acme-raw/a b") == 256
    media.read("s3://acme-raw/a b", 0, 1)
    assert media.size("s3://acme-raw/a b") == 256


@pytest.mark.parametrize("url", ["s3://acme-raw/none", "s3://no-such-bucket-here/a"])
def test_what_is_not_there_is_named(media: Media, url: str) -> None:
    with pytest.raises(NotFound, match=url):
        media.read(url, 0, 10)
    with pytest.raises(NotFound, match=url):
        media.size(url)


def test_what_is_written_can_be_read(media: Media) -> None:
    media.write("s3://acme-raw/new", b"hello", "text/plain")

    assert media.read("s3://acme-raw/new", 0, 9) == b"hello"


def test_a_signed_url_names_the_object(media: Media) -> None:
    assert "new.png" in media.signed_get("s3://acme-raw/new.png", 60)


def test_a_listing_is_in_order_and_goes_on_after_any_key(media: Media) -> None:
    for key in ("b/2", "b/1", "b/10", "c", "b/é", "b/Z"):
        media.write(f"s3://acme-raw/{key}", key.encode(), "text/plain")

    found = list(media.listed("s3://acme-raw/b/", None))

    assert [each.url.rpartition("/")[2] for each in found] == ["1", "10", "2", "Z", "é"]
    assert [each.size_bytes for each in found] == [3, 4, 3, 3, 4]
    assert all(each.etag and each.modified_at.tzinfo for each in found)
    assert list(media.listed("s3://acme-raw/b/", found[1].url)) == found[2:]
    assert list(media.listed("s3://acme-raw/b/", "s3://acme-raw/b/11")) == found[2:]
    assert next(media.listed("s3://acme-raw", None)).url == "s3://acme-raw/a b"


def test_a_listing_of_no_bucket_is_named(media: Media) -> None:
    with pytest.raises(NotFound, match="no-such-bucket-here"):
        next(media.listed("s3://no-such-bucket-here/a", None))


def test_gloss_never_reads_its_own_bucket_as_media(s3: Any) -> None:
    with pytest.raises(Forbidden, match="own bucket"):
        S3Media(lambda: s3, "acme-raw").read("s3://acme-raw/a b", 0, 1)


def test_one_request_tells_bytes_and_size(s3: Any) -> None:
    calls: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    media = S3Media(lambda: s3, "gloss-objects")

    media.read("s3://acme-raw/a b", 0, 10)
    media.size("s3://acme-raw/a b")

    assert calls == ["GetObject"]


def test_a_listing_asks_once_for_a_thousand_objects(s3: Any) -> None:
    for number in range(1001):
        s3.put_object(Bucket="acme-raw", Key=f"n/{number:04}", Body=b"")
    calls: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))

    found = list(S3Media(lambda: s3, "gloss-objects").listed("s3://acme-raw/n/", None))

    assert [each.url for each in found] == [f"s3://acme-raw/n/{number:04}" for number in range(1001)]
    assert calls == ["ListObjectsV2", "ListObjectsV2"]


def test_a_lent_role_is_assumed_with_the_external_id_and_renewed_in_time() -> None:
    asked: list[dict[str, Any]] = []
    clock = FixedClock()

    class Sts:
        def assume_role(self, **request: Any) -> dict[str, Any]:
            asked.append(request)
            until = clock.now() + dt.timedelta(hours=1)
            keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
            return {"Credentials": {**keys, "Expiration": until}}

    lent = LentRole(Sts(), "arn:aws:iam::123456789012:role/x", "gloss-1", clock, lambda *names, **keys: (names, keys))

    lent(), lent()
    clock.pass_time(50 * 60)
    made: Any = lent()

    assert [request["ExternalId"] for request in asked] == ["gloss-1", "gloss-1"]
    assert made[1]["aws_session_token"] == "T"


@pytest.mark.parametrize("bucket", ["gloss-objects\n", "gloss-objects%0A", "Gloss-Objects", "../gloss-objects"])
def test_no_spelling_of_gloss_own_bucket_is_signed(bucket: str) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    media = S3Media(lambda: s3, "gloss-objects")

    with pytest.raises((Forbidden, Invalid)):
        media.signed_get(f"s3://{bucket}/exports/x", 60)
