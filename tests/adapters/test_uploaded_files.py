"""Uploaded files in S3: what the signed URL binds, the mark until a file is kept, and what may be read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from moto import mock_aws

from gloss.adapters.s3media import S3Media
from gloss.adapters.s3uploads import S3Inbox, WithUploads
from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, OrgId, UserId
from gloss.domain.uploads import Upload
from tests import aws

UPLOAD = Upload(
    id="u1",
    org_id=OrgId("org"),
    folder_id=FolderId("f1"),
    file_name="door.png",
    kind=MediaKind.IMAGE,
    size_bytes=5,
    content_type="image/png",
    created_by=UserId("ann"),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        config = Config(signature_version="s3v4")
        client = aws.client("s3", "us-east-1", config=config)
        client.create_bucket(Bucket="own")
        client.put_object(Bucket="own", Key="exports/secret", Body=b"secret")
        yield client


def came(s3: Any) -> None:
    s3.put_object(Bucket="own", Key=UPLOAD.key, Body=b"12345", Tagging="gloss=unfinished")


def a_reader(s3: Any) -> WithUploads:
    return WithUploads(S3Media(lambda: s3, "own"), S3Media(lambda: s3, ""), "own")


def test_the_signature_binds_size_type_mark_and_first_use(s3: Any) -> None:
    invitation = S3Inbox(s3, "own").invite(UPLOAD, 60)

    query = parse_qs(urlsplit(invitation.url).query)
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    assert signed == {"host", *(name.lower() for name in invitation.headers)}
    assert {"content-length", "content-type", "x-amz-tagging", "if-none-match"} <= signed
    assert (query["X-Amz-Expires"], urlsplit(invitation.url).path[-len(UPLOAD.key) :]) == (["60"], UPLOAD.key)


def test_a_file_that_came_is_marked_until_it_is_kept(s3: Any) -> None:
    inbox = S3Inbox(s3, "own")
    with pytest.raises(NotFound, match=r"door\.png"):
        inbox.arrived(UPLOAD)
    came(s3)

    inbox.keep(UPLOAD)
    inbox.keep(UPLOAD)

    assert inbox.arrived(UPLOAD).size_bytes == 5
    assert s3.get_object_tagging(Bucket="own", Key=UPLOAD.key)["TagSet"] == []


def test_an_uploaded_file_is_read_by_its_url(s3: Any) -> None:
    came(s3)
    media = a_reader(s3)

    assert (media.size(UPLOAD.url), media.read(UPLOAD.url, 1, 2)) == (5, b"23")
    assert "uploads/org/f1/u1/door.png" in media.signed_get(UPLOAD.url, 60)


@pytest.mark.parametrize(
    "url",
    [
        "gloss-upload://../exports/secret",
        "gloss-upload://a/../../exports/secret",
        "gloss-upload://a/b/c/../../../../exports/secret",
        "gloss-upload://a/b/c/%2e%2e/%2e%2e/exports/secret",
        "s3://own/exports/secret",
        "s3://own/uploads/org/f1/u1/door.png",
        "https://own.s3.amazonaws.com/uploads/org/f1/u1/door.png",
    ],
)
def test_nothing_else_of_the_own_bucket_is_read(s3: Any, url: str) -> None:
    came(s3)

    with pytest.raises(Forbidden):
        a_reader(s3).read(url, 0, 1)
    with pytest.raises(Forbidden):
        a_reader(s3).signed_get(url, 60)


def test_nothing_is_written_among_uploads(s3: Any) -> None:
    with pytest.raises(Forbidden):
        a_reader(s3).write(UPLOAD.url, b"x", "text/plain")
