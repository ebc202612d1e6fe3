"""An HTTP request as the gateway hands it over, read once for everybody behind the edge."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

Event = Mapping[str, Any]
#: What follows opens an answer, or was meant to.
_TOKEN: Final = re.compile(r"^(/v2/public/answers/).+", re.DOTALL)


class HttpEvent(APIGatewayProxyEventV2):
    """The gateway's event with the query as it was sent: the gateway joins repeated names by commas."""

    @property
    def resolved_query_string_parameters(self) -> dict[str, list[str]]:
        return parse_qs(self.raw_query_string, keep_blank_values=True)


@dataclass(frozen=True)
class Request:
    """Method, decoded path, raw targets that the client may have signed, lower-cased headers and the raw body."""

    method: str
    path: str
    targets: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The target as it was sent, as far as that is known."""
        return self.targets[0]

    @property
    def loggable(self) -> str:
        """The path without people's addresses and tokens, which belong into no log."""
        bare = _TOKEN.sub(r"\1{token}", self.path)
        return "/".join("{email}" if "@" in part else part for part in bare.split("/"))

    @property
    def digest(self) -> str:
        """What must be equal when a request comes again: method, target and body."""
        return hashlib.sha256(b"\n".join([self.method.encode(), self.target.encode(), self.body])).hexdigest()


def read(event: Event) -> Request:
    """The request of an HTTP API's event, payload version 2.0."""
    http, raw = event["requestContext"]["http"], event.get("body") or ""
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    return Request(http["method"], event["rawPath"], _targets(event, headers), headers, body)


def _targets(event: Event, headers: Mapping[str, str]) -> tuple[str, ...]:
    """The targets that decode to what the gateway saw: it decodes the path, while clients sign it as they sent it.

    A front may pass the untouched target on. It is believed only if it decodes to the very path and query that the
    gateway saw; otherwise a captured signature could be replayed against another path. For the same reason a question
    mark in the decoded path stands for itself, and begins no query.
    """
    query = event.get("rawQueryString", "")
    after = f"?{query}" if query else ""
    seen = event["rawPath"].replace("?", "%3F") + after
    raw = str(headers.get("x-gloss-raw-target", seen))
    path, _, raw_query = raw.partition("?")
    sent = raw if event["rawPath"] in {path, unquote(path)} and raw_query == query else seen
    return tuple(dict.fromkeys([sent, quote(event["rawPath"], safe="/") + after]))
