"""Where a URL leads: bucket and key of every form that S3 has, and one canonical form of each."""

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from gloss.domain.errors import Fault, Invalid
from gloss.domain.media import MediaKind

_SERVICE = r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$"
_HOSTED = re.compile(r"^(?P<bucket>[a-z0-9][a-z0-9.-]+)\." + _SERVICE)
_PATH_STYLE = re.compile("^" + _SERVICE)
_ACCESS_POINT = r"arn:aws[a-z-]*:s3::\d{12}:accesspoint/[a-z0-9]+\.mrap"
_MULTI_REGION = re.compile(rf"^(?:https|s3)://(?P<arn>{_ACCESS_POINT})/(?P<key>.+)$")


# What S3 has ever let a bucket be called, legacy names included; anything else a client may read in its own way.
_BUCKET = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{1,253}[A-Za-z0-9]")


class Location(NamedTuple):
    """An object: its bucket (or access point ARN), its key and, if the URL names one, its version."""

    bucket: str
    key: str
    version: str | None = None

    @property
    def url(self) -> str:
        """The canonical `s3://` form."""
        plain = f"s3://{self.bucket}/{self.key}"
        return plain if self.version is None else f"{plain}?versionId={quote(self.version)}"


def locate(url: str, default: str | None = None) -> Location:
    """The object that a URL names; a relative path lies under `default` (`s3://bucket/prefix/`).

    Raises Invalid with the reason: another scheme, another host, no key, or a path without a default location.
    """
    if "://" not in url:
        return _relative(url, default)
    if found := _MULTI_REGION.match(url):
        return Location(found["arn"], unquote(found["key"]))
    if url.startswith("s3://"):
        return _bare(url)
    return _hosted(url)


def locate_prefix(url: str) -> Location:
    """The bucket and the beginning of keys that a URL names; without a key it is the whole bucket."""
    if url.startswith("s3://") and "/" not in url.removeprefix("s3://").rstrip("/"):
        return Location(locate(f"{url.rstrip('/')}/-").bucket, "")
    return locate(url)


def fingerprint(kind: MediaKind, urls: Iterable[str]) -> str:
    """Names a row by its kind and canonical URLs: in order for groups and sequences, in any order for series."""
    named = sorted(urls) if kind is MediaKind.DICOM_SERIES else list(urls)
    return hashlib.sha256("\n".join([kind.value, *named]).encode()).hexdigest()


def _relative(url: str, default: str | None) -> Location:
    if default is None:
        raise _wrong(url, "it is a relative path, but the integration has no default location")
    return _bare(default + url.lstrip("/"))


def _bare(url: str) -> Location:
    bucket, _, rest = url.removeprefix("s3://").partition("/")
    key, _, query = rest.partition("?versionId=")
    if not bucket or not key:
        raise _wrong(url, "it names no object; expected s3://bucket/key")
    return _named(url, bucket, key, query or None)


def _hosted(url: str) -> Location:
    parts = _split(url)
    host, key = parts.hostname or "", unquote(parts.path).lstrip("/")
    version = parse_qs(parts.query).get("versionId", [None])[0]
    if parts.scheme != "https":
        raise _wrong(url, f"the scheme {parts.scheme} is not one of s3, https")
    if found := _HOSTED.match(host):
        return _named(url, found["bucket"], key, version)
    if _PATH_STYLE.match(host):
        bucket, _, rest = key.partition("/")
        return _named(url, bucket, rest, version)
    raise _wrong(url, f"the host {host} is not one of Amazon S3")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise _wrong(url, str(error)) from None


def _named(url: str, bucket: str, key: str, version: str | None) -> Location:
    if not bucket or not key:
        raise _wrong(url, "it names no object")
    if not _BUCKET.fullmatch(bucket):
        raise _wrong(url, f"{bucket!r} is no bucket's name")
    return Location(bucket, key, version)


def _wrong(url: str, reason: str) -> Invalid:
    return Invalid(f"The URL {url} cannot be read: {reason}.", [Fault("objectUrl", reason)])
