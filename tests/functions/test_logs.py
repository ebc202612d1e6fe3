"""What the edge logs: one line a call with the request's id, and nothing of what was sent."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from functions.catalog.app import handler
from functions.sdk.app import handler as sdk_handler
from gloss import edge
from tests.doorway import ADMIN_TOKEN, a_house, an_http_event


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as it is written."""
    written = io.StringIO()
    stream = logging.StreamHandler(written)
    stream.setFormatter(edge.logger.registered_formatter)
    logging.getLogger("gloss").addHandler(stream)
    yield written
    logging.getLogger("gloss").removeHandler(stream)


BEARER = {"authorization": f"Bearer {ADMIN_TOKEN}"}


def test_a_call_is_logged_with_its_correlation_id_and_without_its_payload() -> None:
    event = an_http_event("POST", "/v1/users", {"email": "ann@acme.io"}, BEARER)
    with a_house(), listening() as written:
        handler(event, None)

    line = json.loads(written.getvalue())
    assert (line["correlation_id"], line["status"]) == (event["requestContext"]["requestId"], 200)
    assert "ann@acme.io" not in written.getvalue()
    assert ADMIN_TOKEN not in written.getvalue()


def test_an_address_in_a_path_is_not_logged() -> None:
    path = "/v2/public/organisation/users/ann@acme.io"
    with a_house(), listening() as written:
        sdk_handler(an_http_event("DELETE", path, None, BEARER), None)

    assert json.loads(written.getvalue())["path"] == "/v2/public/organisation/users/{email}"
