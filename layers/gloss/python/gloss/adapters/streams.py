"""Events out of the records of the outbox's stream."""

from collections.abc import Mapping, Sequence
from typing import Any

from gloss.domain.events import EVENT
from gloss.services.relaying import Arrived

Record = Mapping[str, Any]


def read(records: Sequence[Record]) -> tuple[list[Arrived], list[Record]]:
    """The events that were put into the outbox, and the records among them that cannot be read."""
    put = [record for record in records if record.get("eventName") == "INSERT"]
    arrived = [(record, _arrived(record)) for record in put]
    events = [event for _, event in arrived if event is not None]
    return events, [record for record, event in arrived if event is None]


def _arrived(record: Record) -> Arrived | None:
    try:
        event = EVENT.validate_json(record["dynamodb"]["NewImage"]["body"]["S"])
        return Arrived(sequence=record["dynamodb"]["SequenceNumber"], event=event)
    except (KeyError, TypeError, ValueError):
        return None
