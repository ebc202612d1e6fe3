"""An answer of the public SDK's legacy door that a run makes, since a request has not the time for it."""

from enum import StrEnum

from gloss.domain.model import Timestamp, UserId, Value, Versioned


class LateStatus(StrEnum):
    """How a late answer stands; REFUSED: there is none, and the refusal says why."""

    RUNNING = "RUNNING"
    WRITTEN = "WRITTEN"
    REFUSED = "REFUSED"


class Refusal(Value):
    """An error of the tree by the name of its class, its message, and its faults as path and reason."""

    kind: str
    message: str
    faults: tuple[tuple[str, str], ...] = ()


class LateAnswer(Versioned):
    """Who asked what of which resource, and how the answer stands.

    `id` is the SHA-256 of the token that fetches it until `expires` (seconds since 1970), and the name of its run.
    `resource` is the word for it ("project"), `query_type` and `method` say what was asked.
    """

    id: str
    user_id: UserId
    resource: str
    resource_id: str
    query_type: str
    method: str
    status: LateStatus = LateStatus.RUNNING
    refusal: Refusal | None = None
    created_at: Timestamp
    expires: int

    @property
    def query_key(self) -> str:
        """Where the query lies as it was sent."""
        return f"tmp/queries/{self.id}.json"

    @property
    def answer_key(self) -> str:
        """Where the answer lies once it is WRITTEN; every try of the run writes it there."""
        return f"tmp/answers/{self.id}.json"


class LateCall(Versioned):
    """The token that the tries of one call get until `expires`, sealed by what these tries have in common."""

    id: str
    sealed: str
    expires: int
