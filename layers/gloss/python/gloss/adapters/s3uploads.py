"""Uploaded files under one prefix of Gloss's own bucket: asking for them, keeping them, and reading them as media."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from botocore.exceptions import ClientError

from gloss.clouds import Listed, Media
from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.uploads import Upload, is_upload, key_of
from gloss.inbox import Arrived, Invitation

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: What a file bears until it is kept; the bucket's lifecycle removes what bears it for days.
UNFINISHED: Final = "gloss=unfinished"
MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Inbox:
    """Signed PUTs; their mark is signed, and size and type if announced; If-None-Match lets each be used once."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def invite(self, upload: Upload, seconds: int) -> Invitation:
        signed: dict[str, Any] = {"Tagging": UNFINISHED, "IfNoneMatch": "*"}
        headers = {"x-amz-tagging": UNFINISHED, "If-None-Match": "*"}
        if upload.size_bytes is not None:
            signed["ContentLength"], headers["Content-Length"] = upload.size_bytes, str(upload.size_bytes)
        if upload.content_type is not None:
            signed["ContentType"] = headers["Content-Type"] = upload.content_type
        place = {"Bucket": self._bucket, "Key": upload.key}
        url = self._client.generate_presigned_url("put_object", Params={**place, **signed}, ExpiresIn=seconds)
        return Invitation(url, headers)

    def arrived(self, upload: Upload) -> Arrived:
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=upload.key)
        except ClientError as refused:
            if refused.response["Error"]["Code"] in MISSING:
                raise NotFound(f"Nothing has come for {upload.file_name} yet.") from refused
            raise
        return Arrived(head["ContentLength"], head.get("ContentType"))

    def keep(self, upload: Upload) -> None:
        self._client.delete_object_tagging(Bucket=self._bucket, Key=upload.key)


class WithUploads:
    """Customers' media, and beside them the uploaded files: read by the one spelling of their URLs, never written."""

    def __init__(self, customers: Media, uploads: Media, bucket: str) -> None:
        self._customers, self._uploads, self._bucket = customers, uploads, bucket

    def size(self, url: str) -> int:
        media, place = self._of(url)
        return media.size(place)

    def read(self, url: str, start: int, length: int) -> bytes:
        media, place = self._of(url)
        return media.read(place, start, length)

    def signed_get(self, url: str, seconds: int) -> str:
        media, place = self._of(url)
        return media.signed_get(place, seconds)

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        if is_upload(url):
            raise Forbidden(f"{url} is an uploaded file, and nothing is written among those.")
        self._customers.write(url, body, content_type)

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        return self._customers.listed(prefix, after)

    def _of(self, url: str) -> tuple[Media, str]:
        """Who reads a URL, and the name it knows it by."""
        if not is_upload(url):
            return self._customers, url
        key = key_of(url)
        if key is None:
            raise Forbidden(f"{url} names no uploaded file; use the object_url that the upload was answered with.")
        return self._uploads, f"s3://{self._bucket}/{key}"
