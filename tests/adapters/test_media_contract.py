"""Media of every store keep the same contract; what Amazon S3 alone knows follows below."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto import mock_aws

from gloss.adapters.lent_roles import LentRole
from gloss.adapters.memory import FixedClock
from gloss.adapters.s3media import S3Media
from gloss.domain.errors import Forbidden, Invalid, NotFound
from tests import aws
from tests.builders_clouds import BODY, SHOPS, Shop


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        yield _filled_s3()


@contextmanager
def aws_shop() -> Iterator[Shop]:
    with mock_aws():
        client = _filled_s3()
        yield Shop(S3Media(lambda: client, "gloss-objects"), "s3://acme-raw/", "s3://no-such-bucket-here/", HOSTED)


HOSTED = ("https://acme-raw.s3.amazonaws.com/", "https://s3.eu-west-2.amazonaws.com/acme-raw/")
EVERY = {**SHOPS, "aws": aws_shop}


@pytest.fixture(params=sorted(EVERY), scope="module")
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with EVERY[request.param]() as opened:
        yield opened


def _filled_s3() -> Any:
    client = aws.client("s3", "us-east-1")
    client.create_bucket(Bucket="acme-raw")
    client.put_object(Bucket="acme-raw", Key="a b", Body=BODY)
    return client


def test_a_range_is_read_by_every_form_of_the_url(shop: Shop) -> None:
    assert shop.media.read(shop.url("a b"), 10, 5) == BODY[10:15]
    for other in shop.others:
        assert shop.media.read(f"{other}a%20b" if "https" in other else f"{other}a b", 10, 5) == BODY[10:15]


def test_a_range_is_short_at_the_end_and_empty_behind_it(shop: Shop) -> None:
    assert shop.media.read(shop.url("a b"), 250, 100) == BODY[250:]
    assert shop.media.read(shop.url("a b"), 256, 100) == b""


def test_the_size_is_known_before_and_after_reading(shop: Shop) -> None:
    assert shop.media.size(shop.url("a b")) == 256
    shop.media.read(shop.url("a b"), 0, 1)
    assert shop.media.size(shop.url("a b")) == 256


def test_what_is_not_there_is_named(shop: Shop) -> None:
    for url in (shop.url("none"), f"{shop.nowhere}a"):
        with pytest.raises(NotFound, match=re.escape(url)):
            shop.media.read(url, 0, 10)
        with pytest.raises(NotFound, match=re.escape(url)):
            shop.media.size(url)


@pytest.mark.parametrize("key", ["new", "d/1+(32).jpg", "d/ü~!$&'*,;=@", "d/100%25"])
def test_what_is_written_can_be_read(shop: Shop, key: str) -> None:
    shop.media.write(shop.url(key), b"hello", "text/plain")

    assert shop.media.read(shop.url(key), 0, 9) == b"hello"
    assert shop.media.size(shop.url(key)) == 5


def test_an_empty_object_is_read_as_nothing(shop: Shop) -> None:
    shop.media.write(shop.url("empty"), b"", "text/plain")

    assert shop.media.read(shop.url("empty"), 0, 16) == b""
    assert shop.media.size(shop.url("empty")) == 0


def test_a_signed_url_names_the_object(shop: Shop) -> None:
    assert "new.png" in shop.media.signed_get(shop.url("new.png"), 60)


def test_a_listing_is_in_order_and_goes_on_after_any_key(shop: Shop) -> None:
    for key in ("b/2", "b/1", "b/10", "c", "b/x y", "b/Z", "bc/1"):
        shop.media.write(shop.url(key), key.encode(), "text/plain")

    found = list(shop.media.listed(shop.url("b/"), None))

    assert [each.url.rpartition("/")[2].replace("%20", " ") for each in found] == ["1", "10", "2", "Z", "x y"]
    assert [each.size_bytes for each in found] == [3, 4, 3, 3, 5]
    assert all(each.etag and each.modified_at.tzinfo for each in found)
    assert list(shop.media.listed(shop.url("b/"), found[1].url)) == found[2:]
    assert list(shop.media.listed(shop.url("b/"), shop.url("b/11"))) == found[2:]
    assert list(shop.media.listed(shop.url("b/1"), None)) == found[:2]
    assert [shop.media.size(each.url) for each in found] == [3, 4, 3, 3, 5]


def test_a_bucket_is_listed_whole(shop: Shop) -> None:
    assert next(shop.media.listed(shop.base.removesuffix("/"), None)).size_bytes == 256


def test_a_listing_of_no_bucket_is_named(shop: Shop) -> None:
    with pytest.raises(NotFound, match=re.escape(shop.nowhere)):
        next(shop.media.listed(f"{shop.nowhere}a", None))


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
    s3 = aws.client("s3", "eu-west-1")
    media = S3Media(lambda: s3, "gloss-objects")

    with pytest.raises((Forbidden, Invalid)):
        media.signed_get(f"s3://{bucket}/exports/x", 60)


def test_a_long_file_is_written_part_by_part(s3: Any) -> None:
    media = S3Media(lambda: s3)
    body = bytes(range(256)) * 2**16 * 2 + b"end"

    media.write("s3://acme-raw/film.mp4", io.BytesIO(body), "video/mp4")

    stored = s3.get_object(Bucket="acme-raw", Key="film.mp4")
    assert (stored["Body"].read() == body, stored["ContentType"]) == (True, "video/mp4")
    assert stored["ETag"].endswith('-3"')


def test_parts_of_a_file_that_breaks_off_are_given_back(s3: Any) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                s3.delete_bucket_policy(Bucket="no-such-bucket-here")
            return super().read(size)

    with pytest.raises(NotFound):
        S3Media(lambda: s3).write("s3://acme-raw/film.mp4", Broken(bytes(2**25)), "video/mp4")

    assert "Uploads" not in s3.list_multipart_uploads(Bucket="acme-raw")


def test_a_store_that_takes_no_long_file_says_what_is_refused(s3: Any) -> None:
    with pytest.raises(NotFound, match="no bucket"):
        S3Media(lambda: s3).write("s3://missing-bucket/film.mp4", io.BytesIO(bytes(2**25)), "video/mp4")
