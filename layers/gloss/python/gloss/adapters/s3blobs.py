"""Gloss's own bucket: manifests, label bodies, shards, exports."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from botocore.exceptions import ClientError

from gloss.domain.errors import NotFound

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

CHUNK: Final = 2**20
LEAST_PART: Final = 5 * 2**20


class S3Blobs:
    """Objects under their keys in one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def remove(self, keys: Iterable[str]) -> None:
        """One by one: the request for many asks for a checksum that not every server knows."""
        for key in keys:
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def get(self, key: str) -> bytes:
        return b"".join(self.open(key))

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        body = self._body(key, f"bytes={start}-" if start else "")
        return iter(lambda: body.read(CHUNK), b"")

    def part(self, key: str, start: int, size: int) -> bytes:
        return self._body(key, f"bytes={start}-{start + size - 1}").read()

    def size(self, key: str) -> int:
        with _found(key):
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]

    def etag(self, key: str) -> str:
        with _found(key):
            return self._client.head_object(Bucket=self._bucket, Key=key)["ETag"]

    def _body(self, key: str, bytes_: str) -> "StreamingBody":
        ranged: Any = {"Range": bytes_} if bytes_ else {}
        with _found(key):
            return self._client.get_object(Bucket=self._bucket, Key=key, **ranged)["Body"]

    def keys(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return (entry["Key"] for page in pages for entry in page.get("Contents", []))

    def concatenate(self, key: str, parts: Sequence[str], content_type: str) -> int:
        return self.write(key, (chunk for part in parts for chunk in self.open(part)), content_type)

    def write(self, key: str, chunks: Iterator[bytes], content_type: str) -> int:
        """Through multipart parts of at least 5 MiB each: no more than one such part is in memory, and where the chunks
        break off none of them stays."""
        pieces = _at_least(LEAST_PART, chunks)
        first = next(pieces, b"")
        if len(first) < LEAST_PART:
            self.put(key, first, content_type)
            return len(first)
        return self._multipart(key, content_type, first, pieces)

    def _multipart(self, key: str, content_type: str, first: bytes, rest: Iterator[bytes]) -> int:
        bucket = self._bucket
        begun = self._client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)
        upload: Any = {"Bucket": bucket, "Key": key, "UploadId": begun["UploadId"]}
        sizes: list[int] = []
        tags: list[Any] = []
        with ExitStack() as undoing:
            undoing.callback(self._client.abort_multipart_upload, **upload)
            for number, piece in enumerate(_chain(first, rest), start=1):
                answer = self._client.upload_part(**upload, PartNumber=number, Body=piece)
                tags.append({"ETag": answer["ETag"], "PartNumber": number})
                sizes.append(len(piece))
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": tags})
            undoing.pop_all()
        return sum(sizes)

    def signed_get(self, key: str, seconds: int, filename: str | None = None) -> str:
        place = {"Bucket": self._bucket, "Key": key}
        shown = {"ResponseContentDisposition": f'attachment; filename="{filename}"'} if filename else {}
        return self._client.generate_presigned_url("get_object", Params={**place, **shown}, ExpiresIn=seconds)

    def signed_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str:
        place: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        place |= {} if size_bytes is None else {"ContentLength": size_bytes}
        return self._client.generate_presigned_url("put_object", Params=place, ExpiresIn=seconds)


@contextmanager
def _found(key: str) -> Iterator[None]:
    """What S3 says of an object that is not there, as NotFound."""
    try:
        yield
    except ClientError as refused:
        if refused.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            raise NotFound(f"There is no stored object {key}.") from refused
        raise


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _at_least(size: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of `size` and a little more; only the last may be shorter."""
    held = io.BytesIO()
    for chunk in chunks:
        held.write(chunk)
        if held.tell() >= size:
            yield held.getvalue()
            held = io.BytesIO()
    if held.tell():
        yield held.getvalue()
