"""Records of late answers."""

from gloss.domain.late_answer import LateAnswer, LateCall
from gloss.ports import Key, Kind

#: An answer that a run makes, by the digest of the token that fetches it; gone some time after its token expires.
LATE_ANSWERS = Kind("late answer", LateAnswer, lambda it: late_answer_key(it.id))

#: The token that the tries of one call get, by who calls and the call's trace.
LATE_CALLS = Kind("late call", LateCall, lambda it: late_call_key(it.id))


def late_answer_key(id_: str) -> Key:
    """Where a late answer lies."""
    return Key(f"LATE#{id_}")


def late_call_key(id_: str) -> Key:
    """Where it lies what the tries of a call get."""
    return Key(f"LATE#CALL#{id_}")
