"""What the edge logs: one line a call with the request's id, and nothing of what was sent."""

import io
import json
import logging

from functions.catalog.app import handler
from gloss import edge
from tests.doorway import ADMIN_TOKEN, a_house, an_http_event


def test_a_call_is_logged_with_its_correlation_id_and_without_its_payload() -> None:
    written = io.StringIO()
    listening = logging.StreamHandler(written)
    listening.setFormatter(edge.logger.registered_formatter)
    event = an_http_event("POST", "/v1/users", {"email": "ann@acme.io"}, {"authorization": f"Bearer {ADMIN_TOKEN}"})
    logging.getLogger("gloss").addHandler(listening)
    with a_house():
        handler(event, None)
    logging.getLogger("gloss").removeHandler(listening)

    line = json.loads(written.getvalue())
    assert (line["correlation_id"], line["status"]) == (event["requestContext"]["requestId"], 200)
    assert "ann@acme.io" not in written.getvalue()
    assert ADMIN_TOKEN not in written.getvalue()
