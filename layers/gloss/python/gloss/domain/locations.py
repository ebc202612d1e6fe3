"""Where a URL leads: store, bucket and key of every form that the clouds have, and one canonical form of each."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, NoReturn
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from gloss.domain.errors import Fault, Invalid
from gloss.domain.media import MediaKind


class Cloud(StrEnum):
    """Who keeps an object; an integration reaches one of them."""

    AWS = "aws"
    GCP = "gcp"
    AZURE = "azure"
    OTC = "otc"
    S3_COMPATIBLE = "s3_compatible"
    HTTPS = "https"


CLOUD_NAMES: Final[Mapping[Cloud, str]] = {
    Cloud.AWS: "Amazon S3",
    Cloud.GCP: "Google Cloud Storage",
    Cloud.AZURE: "Azure Blob Storage",
    Cloud.OTC: "OTC OBS",
    Cloud.S3_COMPATIBLE: "an S3-compatible store",
    Cloud.HTTPS: "a web server",
}

_SERVICE = r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
_OBS = r"obs\.(?P<region>[a-z0-9-]+)\.otc\.t-systems\.com"
_GOOGLE = r"storage\.googleapis\.com"
#: Twelve digits in life; the vendor's documentation shows nine.
_ACCESS_POINT = r"arn:aws[a-z-]*:s3::\d{9,12}:accesspoint/[a-z0-9]+\.mrap"
_MULTI_REGION = re.compile(
    rf"(?:(?:https|s3)://)?(?P<arn>{_ACCESS_POINT})(?:\.s3-accesspoint\.amazonaws\.com)?(?:/(?P<key>.*))?", re.DOTALL
)
_POINTS_HOST = re.compile(r".+\.mrap\.accesspoint\.s3-global\.amazonaws\.com")
#: Hosts by cloud; a group `bucket` in the host, or else the bucket begins the path.
_HOSTS: Final = (
    (Cloud.AWS, re.compile(rf"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?{_SERVICE}")),
    (Cloud.GCP, re.compile(rf"(?:(?P<bucket>[a-z0-9][a-z0-9._-]+)\.)?{_GOOGLE}|storage\.cloud\.google\.com")),
    (Cloud.AZURE, re.compile(r"(?P<account>[a-z0-9]{3,24})\.blob\.core\.windows\.net")),
    (Cloud.OTC, re.compile(rf"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?{_OBS}")),
)
#: No label is longer than DNS carries (RFC 1035 2.3.4); a resolver would break off at one.
_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: What S3 has ever let a bucket be called, legacy names included; anything else a client may read in its own way.
_ANY_BUCKET: Final = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_CONTAINER: Final = re.compile(r"\$root|\$web|[a-z0-9](?:-?[a-z0-9]){2,62}")
#: Control characters, and halves of characters, which UTF-8 has not.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_VERSION: Final = "?versionId="
_VERSIONED: Final = frozenset({Cloud.AWS, Cloud.OTC, Cloud.S3_COMPATIBLE})
#: Query parameters that name an older state of an object, where Gloss reads none.
_STATES: Final = frozenset({"generation", "snapshot", "versionid"})
SAFE: Final = "/~!$&'()*+,;=:@"
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})|%")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


class Location(NamedTuple):
    """An object: its bucket (container, access point ARN), its key and, if the URL names one, its version.

    `host` tells stores of one cloud apart: an Azure account, an OTC region, an endpoint, a web server's origin. A web
    server has no buckets; there the key is the path and query as they are sent.
    """

    bucket: str
    key: str
    version: str | None = None
    cloud: Cloud = Cloud.AWS
    host: str = ""

    @property
    def url(self) -> str:
        """The canonical form; `locate` leads from it back to the same place."""
        plain = _WRITTEN[self.cloud](self)
        return plain if self.version is None else f"{plain}{_VERSION}{quote(self.version)}"

    def beside(self, key: str) -> "Location":
        """Another object of the same bucket."""
        return self._replace(key=key, version=None)


_WRITTEN: Final[Mapping[Cloud, Callable[[Location], str]]] = {
    Cloud.AWS: lambda it: f"s3://{it.bucket}/{it.key}",
    Cloud.GCP: lambda it: f"gs://{it.bucket}/{it.key}",
    Cloud.AZURE: lambda it: f"https://{it.host}.blob.core.windows.net/{it.bucket}/{quote(it.key, SAFE)}",
    Cloud.OTC: lambda it: f"https://{it.bucket}.obs.{it.host}.otc.t-systems.com/{quote(it.key, SAFE)}",
    Cloud.S3_COMPATIBLE: lambda it: f"{it.host}/{it.bucket}/{quote(it.key, SAFE)}",
    Cloud.HTTPS: lambda it: f"{it.host}/{it.key}",
}


def locate(url: str, default: str | None = None, endpoint: str | None = None) -> Location:
    """The object that a URL names; a relative path lies under `default` (such as `s3://bucket/prefix/`).

    With an `endpoint` (`https://host`) its URLs and every `s3://bucket/key` lie in that S3-compatible store. Raises
    Invalid with the reason: another scheme, a host that is no name, no key, or a path without a default location.
    """
    return _demand_key(url, _found(url, default, endpoint))


def locate_prefix(url: str, endpoint: str | None = None) -> Location:
    """The bucket and the beginning of keys that a URL names; without a key it is the whole bucket."""
    return _found(url, None, endpoint)


def locate_web(url: str, default: str | None = None, origin: str | None = None) -> Location:
    """The same for whoever reads by plain https, whosever host it is; `origin` may have a port or be an address."""
    absolute = _absolute(url, default)
    if origin is not None and absolute.startswith(f"{origin}/"):
        return _web(absolute, origin, urlsplit(absolute))
    parts = _split(absolute)
    return _web(absolute, f"https://{_name(absolute, parts)}", parts)


def is_name(host: str) -> bool:
    """Whether a host is written as a name with a top-level domain, and not as an address in any notation."""
    return _NAME.fullmatch(host) is not None and len(host) <= 253


def fingerprint(kind: MediaKind, urls: Iterable[str]) -> str:
    """Names a row by its kind and canonical URLs: in order for groups and sequences, in any order for series."""
    named = sorted(urls) if kind is MediaKind.DICOM_SERIES else list(urls)
    return hashlib.sha256("\n".join([kind.value, *named]).encode()).hexdigest()


def _found(url: str, default: str | None, endpoint: str | None) -> Location:
    absolute = _absolute(url, default)
    if found := _MULTI_REGION.fullmatch(absolute):
        return _at_point(absolute, found["arn"], found["key"] or "")
    scheme, _, rest = absolute.partition("://")
    if endpoint is not None and scheme == "s3":
        return _bare(absolute, rest, Cloud.S3_COMPATIBLE, endpoint)
    if endpoint is not None and absolute.startswith(f"{endpoint}/"):
        return _in_path(absolute, urlsplit(absolute), Cloud.S3_COMPATIBLE, endpoint)
    return _SCHEMES.get(scheme.lower(), _stranger)(absolute, rest)


def _at_point(url: str, arn: str, rest: str) -> Location:
    key, _, version = rest.partition(_VERSION)
    plain = _decoded(url, key) if url.startswith("https:") else key
    return Location(arn, _key(url, plain), unquote(version) or None)


def _absolute(url: str, default: str | None) -> str:
    if _CONTROL.search(url):
        raise _wrong(url, "it holds a control character")
    if "://" in url or _MULTI_REGION.fullmatch(url):
        return url
    if default is None:
        raise _wrong(url, "it is a relative path, but the integration has no default location")
    return default + (url.lstrip("/") if default.startswith(("s3://", "gs://")) else quote(url.lstrip("/"), SAFE))


def _bare(url: str, rest: str, cloud: Cloud, host: str = "") -> Location:
    """`scheme://bucket/key`, whose key is written as it is."""
    bucket, _, key = rest.partition("/")
    version = ""
    if cloud in _VERSIONED:
        key, _, version = key.partition(_VERSION)
    return _named(url, Location(bucket, key, unquote(version) or None, cloud, host))


def _hosted(url: str, _: str) -> Location:
    parts = _split(url)
    host = parts.hostname or ""
    if _POINTS_HOST.fullmatch(host):
        raise _wrong(url, "a multi-region access point is named by its ARN: arn:aws:s3::<account>:accesspoint/<alias>")
    for cloud, pattern in _HOSTS:
        if found := pattern.fullmatch(host):
            named = found.groupdict()
            where = named.get("account") or named.get("region") or ""
            return _in_host(url, parts, Location(named.get("bucket") or "", "", None, cloud, where))
    return _web(url, f"https://{_name(url, parts)}", parts)


def _in_host(url: str, parts: SplitResult, place: Location) -> Location:
    _plain_host(url, parts)
    if not place.bucket:
        return _in_path(url, parts, place.cloud, place.host)
    return _with_query(url, parts, place._replace(key=_decoded(url, parts.path.removeprefix("/"))))


def _in_path(url: str, parts: SplitResult, cloud: Cloud, host: str) -> Location:
    bucket, _, key = parts.path.removeprefix("/").partition("/")
    return _with_query(url, parts, Location(_decoded(url, bucket), _decoded(url, key), None, cloud, host))


def _with_query(url: str, parts: SplitResult, place: Location) -> Location:
    """A version is kept, a signature and everything else dropped."""
    asked = parse_qs(parts.query)
    if parts.fragment:
        raise _wrong(url, "a # in a key is written %23")
    if place.cloud in _VERSIONED:
        return _named(url, place._replace(version=asked.get("versionId", [None])[0]))
    if states := _STATES & {name.lower() for name in asked}:
        raise _wrong(url, f"it names a {min(states)}, but only the current object can be read there")
    return _named(url, place)


def _web(url: str, origin: str, parts: SplitResult) -> Location:
    path, query = _tidy(parts.path.removeprefix("/")), _tidy(parts.query)
    _key(url, _decoded(url, path))
    if parts.fragment:
        raise _wrong(url, "a # in a path is written %23")
    return Location("", f"{path}?{query}" if query else path, None, Cloud.HTTPS, origin)


def _tidy(text: str) -> str:
    """One spelling of percent-encoding (RFC 3986 6.2.2): capitals, and none where none is needed."""
    return quote(_ESCAPE.sub(_escape, text), f"%?{SAFE}")


def _escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else found[0].upper()


def _stranger(url: str, _: str) -> NoReturn:
    raise _wrong(url, f"the scheme {url.partition('://')[0]} is not one of s3, gs, https")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _wrong(url, str(error)) from None
    if parts.scheme != "https":
        _stranger(url, "")
    return parts


def _plain_host(url: str, parts: SplitResult) -> None:
    if parts.netloc.lower() != parts.hostname:
        raise _wrong(url, "its host has a user name, a port or something else that does not belong there")


def _name(url: str, parts: SplitResult) -> str:
    """The host; an address, however it is written, is none."""
    _plain_host(url, parts)
    host = parts.hostname or ""
    if not is_name(host):
        raise _wrong(url, f"the host {host} is no name of the public internet")
    return host


def _named(url: str, place: Location) -> Location:
    names = _CONTAINER if place.cloud is Cloud.AZURE else _ANY_BUCKET
    if not place.bucket:
        raise _wrong(url, "it names no object; expected a bucket and a key")
    if not names.fullmatch(place.bucket):
        raise _wrong(url, f"{place.bucket!r} is no bucket's name")
    _key(url, place.key)
    if place.cloud is Cloud.AWS and _VERSION in place.key:
        raise _wrong(url, f"its key holds {_VERSION}, which names a version")
    return place


def _key(url: str, key: str) -> str:
    if _CONTROL.search(key):
        raise _wrong(url, "its key holds a control character")
    if not {".", ".."}.isdisjoint(key.split("/")):
        raise _wrong(url, "its key has a part . or .., which some client would resolve")
    return key


def _decoded(url: str, text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _wrong(url, "its percent-encoding is not UTF-8") from None


def _demand_key(url: str, place: Location) -> Location:
    if not place.key:
        raise _wrong(url, "it names no object; expected a bucket and a key")
    return place


def _wrong(url: str, reason: str) -> Invalid:
    return Invalid(f"The URL {url} cannot be read: {reason}.", [Fault("objectUrl", reason)])


_SCHEMES: Final[Mapping[str, Callable[[str, str], Location]]] = {
    "s3": lambda url, rest: _bare(url, rest, Cloud.AWS),
    "gs": lambda url, rest: _bare(url, rest, Cloud.GCP),
    "https": _hosted,
}
