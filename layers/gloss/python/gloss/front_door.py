"""The door `/v1`: Gloss's own API."""

import re
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from gloss.answers import FAILED, Unreadable, broken_json, faults_of, response, status_of
from gloss.domain import errors
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, GlossError, Malformed
from gloss.ports import Store
from gloss.requests import Request

KEY_SHAPE: Final = re.compile(r"^[\x21-\x7e]{1,128}$")
WRITING: Final = frozenset({"POST", "PUT", "PATCH"})


class FrontDoor:
    """`{"message", "errors": [{"path", "reason"}]}`; a request is known again by its Idempotency-Key."""

    def refused(self, error: GlossError) -> Response[str]:
        """The answer to who asked for what cannot be."""
        body: dict[str, Any] = {"message": error.message, "errors": [_fault(fault) for fault in error.faults]}
        if isinstance(error, errors.StageLocked):
            body |= {"error": "stage_locked", "required_stage": error.required_stage}
            body |= {"current_stage": error.current_stage}
        return response(status_of(error), body)

    def unreadable(self, error: Unreadable) -> Response[str]:
        """The answer to a body or query that does not fit the doorway's model."""
        faults, reason = [_fault(fault) for fault in faults_of(error)], broken_json(error)
        if reason is not None:
            return response(400, {"message": f"The body is not JSON: {reason}.", "errors": faults})
        return response(422, {"message": "The request breaks a rule; see errors.", "errors": faults})

    def failed(self) -> Response[str]:
        """The answer when the fault is ours."""
        return response(500, {"message": FAILED, "errors": []})

    def readmit(self, request: Request, caller: Caller, store: Store) -> None:
        """The path tells all."""

    def repeat_key(self, request: Request) -> str | None:
        """The Idempotency-Key of a request that writes; raises Malformed."""
        key = request.headers.get("idempotency-key")
        if key is None or request.method not in WRITING:
            return None
        if not KEY_SHAPE.match(key):
            raise Malformed("An Idempotency-Key has 1 to 128 visible ASCII characters.")
        return key


def _fault(fault: Fault) -> dict[str, str]:
    return {"path": fault.path, "reason": fault.reason}


FRONT_DOOR: Final = FrontDoor()
