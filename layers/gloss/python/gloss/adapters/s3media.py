"""Customers' media in Amazon S3, or in whatever speaks its protocol."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException

from gloss.clouds import Listed
from gloss.domain.errors import Forbidden, GlossError, NotFound, Upstream
from gloss.domain.integration import Reach
from gloss.domain.locations import Location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
NO_BUCKET: Final = "NoSuchBucket"
MISSING: Final = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
#: What is missing when a store refuses, by its code.
REFUSED: Final[Mapping[str, str]] = {
    "403": "check the policy of its role or key and of the bucket",
    "AccessDenied": "check the policy of its role or key and of the bucket",
    "AllAccessDisabled": "the bucket is closed to everybody",
    "InvalidAccessKeyId": "the store does not know its access key",
    "SignatureDoesNotMatch": "its secret key does not belong to its access key",
    "InvalidToken": "its session has ended",
    "ExpiredToken": "its session has ended",
}
PAST_THE_END: Final = frozenset({"416", "InvalidRange"})
NO_POINTS: Final = "multi-region access points need the package awscrt, see docs/integrations.md"
WEEK_S: Final = 7 * 86_400
PART: Final = 16 * 2**20


class S3Media:
    """Objects by URL; `clients` gives a client with credentials that still hold, `own` is the bucket never to touch."""

    def __init__(self, clients: Callable[[], "S3Client"], own: str = "", reach: Reach = Reach()) -> None:  # noqa: B008
        self._clients, self._own, self._reach = clients, own, reach
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def size(self, url: str) -> int:
        known = self._sizes.get(url)
        if known is not None:
            return known
        return int(self._ask(url, "read", lambda client, place: client.head_object(**place))["ContentLength"])

    def read(self, url: str, start: int, length: int) -> bytes:
        """One ranged request; its answer also tells the size, which is kept."""
        span = f"bytes={start}-{start + length - 1}"
        try:
            answer = self._ask(url, "read", lambda client, place: client.get_object(**place, Range=span))
        except _PastTheEnd:
            return b""
        with self._lock:
            self._sizes[url] = int(answer.get("ContentRange", f"/{answer['ContentLength']}").rpartition("/")[2])
        return bytes(answer["Body"].read())

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        """One request, which takes 5 GB at most; of a longer file part by part."""
        if not isinstance(body, bytes) and _size(body) > PART:
            return self._ask(url, "write", lambda client, place: _in_parts(client, place, body, content_type))
        put = {"Body": body, "ContentType": content_type}
        self._ask(url, "write", lambda client, place: client.put_object(**place, **put))
        return None

    def signed_get(self, url: str, seconds: int) -> str:
        place = self._place(url)
        return self._clients().generate_presigned_url("get_object", Params=place, ExpiresIn=min(seconds, WEEK_S))

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        """A thousand objects a request."""
        place = self._own_kept_out(self._reach.prefix(prefix), prefix)
        asked = {"Bucket": place.bucket, "Prefix": place.key}
        more: Mapping[str, str] | None = {"StartAfter": self._reach.locate(after).key} if after else {}
        while more is not None:
            page = self._page(prefix, {**asked, **more})
            yield from (_listed(place, each) for each in page.get("Contents", ()))
            more = {"ContinuationToken": page["NextContinuationToken"]} if page.get("IsTruncated") else None

    def _page(self, prefix: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        page: Mapping[str, Any] = self._call(prefix, "list", lambda client: client.list_objects_v2(**asked))
        return page

    def _ask(self, url: str, verb: str, call: Callable[[Any, dict[str, str]], T]) -> T:
        place = self._place(url)
        return self._call(url, verb, lambda client: call(client, place))

    def _call(self, url: str, verb: str, call: Callable[[Any], T]) -> T:
        try:
            return call(self._clients())
        except ClientError as refused:
            raise _translated(refused, url, verb) from refused
        except MissingDependencyException as missing:
            raise Upstream(f"{url} is signed as this deployment cannot: {NO_POINTS}.") from missing
        except BotoCoreError as lost:
            raise Upstream(f"The store of {url} did not answer: {type(lost).__name__}.") from lost

    def _place(self, url: str) -> dict[str, str]:
        location = self._own_kept_out(self._reach.locate(url), url)
        plain = {"Bucket": location.bucket, "Key": location.key}
        return plain if location.version is None else {**plain, "VersionId": location.version}

    def _own_kept_out(self, location: Location, url: str) -> Location:
        if location.bucket.lower() == self._own.lower():
            raise Forbidden(f"{url} is in Gloss's own bucket, which holds no media.")
        return location


class _PastTheEnd(GlossError):
    """A range that begins after the last byte."""


def _size(body: BinaryIO) -> int:
    """Bytes of a file, which is at its beginning then."""
    size = body.seek(0, io.SEEK_END)
    body.seek(0)
    return size


def _in_parts(client: Any, place: Mapping[str, str], body: BinaryIO, content_type: str) -> None:
    """A file part by part, one of them in memory; what was sent in vain is given back if the store lets us."""
    upload = client.create_multipart_upload(**place, ContentType=content_type)["UploadId"]
    try:
        parts = []
        for number, part in enumerate(iter(lambda: body.read(PART), b""), start=1):
            sent = client.upload_part(**place, UploadId=upload, PartNumber=number, Body=part)
            parts.append({"ETag": sent["ETag"], "PartNumber": number})
        client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    except (ClientError, BotoCoreError):
        with suppress(ClientError, BotoCoreError):
            client.abort_multipart_upload(**place, UploadId=upload)
        raise


def _listed(place: Location, entry: Mapping[str, Any]) -> Listed:
    url = place.beside(entry["Key"]).url
    return Listed(url, entry["Size"], entry["ETag"].strip('"'), entry["LastModified"].astimezone(UTC))


def _translated(refused: ClientError, url: str, verb: str) -> GlossError:
    code = str(refused.response["Error"].get("Code", ""))
    if code in MISSING:
        return NotFound(f"There is no object at {url}.")
    if code == NO_BUCKET:
        return NotFound(f"There is no bucket for {url}; it is missing in that account or region.")
    if code in REFUSED:
        return Forbidden(f"The integration may not {verb} {url}; {REFUSED[code]}.")
    if code in PAST_THE_END:
        return _PastTheEnd(f"{url} ends before that.")
    return Upstream(f"The store of {url} answered {code}.")
