"""What the SDK asks of label rows."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import Field

from gloss.domain.errors import Fault, Invalid, Malformed
from gloss.domain.formats import label_row_reading
from gloss.domain.model import DataId, ProjectId
from gloss.domain.parsing import parsed
from gloss.domain.workflow.label_rows import MAIN, BranchName
from gloss.ports import Ports
from gloss.sdk.labels import listing
from gloss.sdk.labels.filters import ListPayload
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.wire import Pieces
from gloss.services import fetching, locating, opening, recalling, saving
from gloss.services.fetching import Chosen, Fetch
from gloss.services.locating import Outlook
from gloss.services.rationing import Ration
from gloss.services.recalling import Way
from gloss.services.saving import Wish
from gloss.services.signing import MediaOf

MOST_AT_ONCE: Final = 1_000
Json = dict[str, Any]


class FetchPayload(Payload):
    """How label rows are wanted."""

    get_signed_url: bool | None = None
    branch_name: BranchName | None = None
    include_object_feature_hashes: frozenset[str] | None = None
    include_classification_feature_hashes: frozenset[str] | None = None
    include_reviews: bool | None = None

    def fetch(self, ration: Ration) -> Fetch:
        """The same in our words."""
        chosen = Chosen(self.include_object_feature_hashes, self.include_classification_feature_hashes)
        return Fetch(bool(self.get_signed_url), chosen, bool(self.include_reviews), ration)


class SavePayload(Payload):
    """Label rows as the client has them; only what is labelled counts."""

    labels: Annotated[tuple[Json, ...], Field(max_length=MOST_AT_ONCE)]


def entries(asked: Asked, ports: Ports, _media_of: MediaOf) -> Iterator[Json]:
    """The project's label rows that are asked for; raises Overlong at their first for more than the ration."""
    payload = parsed(ListPayload, asked.values.payload or {}, "payload")
    return listing.entries(payload, _outlook(asked, ports), ports, asked.ration)


def make(asked: Asked, ports: Ports, media_of: MediaOf) -> Iterator[Pieces] | Pieces:
    """The label rows of data units, made where they are not there yet; one where one id was sent instead of a list."""
    payload, outlook = parsed(FetchPayload, asked.values.payload or {}, "payload"), _outlook(asked, ports)
    data_ids = [DataId(it) for it in _named(asked)]
    rows = opening.open_rows(data_ids, payload.branch_name or MAIN, outlook, ports)
    return _as_asked(asked, fetching.documents(rows, payload.fetch(asked.ration), outlook, ports, media_of))


def fetch(asked: Asked, ports: Ports, media_of: MediaOf) -> Iterator[Pieces] | Pieces:
    """Label rows with their labels; one where one id was sent instead of a list."""
    payload, outlook = parsed(FetchPayload, asked.values.payload or {}, "payload"), _outlook(asked, ports)
    wanted = _named(asked)
    rows = locating.demand_all(locating.by_id(wanted, outlook, ports.store), len(wanted))
    return _as_asked(asked, fetching.documents(rows, payload.fetch(asked.ration), outlook, ports, media_of))


def _as_asked(asked: Asked, documents: Iterator[Iterator[bytes]]) -> Iterator[Pieces] | Pieces:
    return map(Pieces, documents) if isinstance(asked.values.uid, list) else Pieces(next(documents))


def save(asked: Asked, ports: Ports) -> bool:
    """Save the labels of rows; of one where one id was sent instead of a list."""
    sent = asked.values.payload if isinstance(asked.values.uid, list) else {"labels": [asked.values.payload]}
    payload, names = parsed(SavePayload, sent, "payload"), _named(asked)
    if len(names) != len(payload.labels):
        raise Invalid("There must be one label row for each label hash.", [Fault("uid", f"has {len(names)} hashes")])
    wishes = [_wish(name, row, place) for place, (name, row) in enumerate(zip(names, payload.labels, strict=True))]
    saving.save_rows(wishes, asked.caller, _outlook(asked, ports), ports)
    return True


class SendPayload(Payload):
    """Where the tasks of label rows are to go."""

    action: Way


def send(asked: Asked, ports: Ports) -> bool:
    """Reopen or complete the tasks of label rows."""
    payload = parsed(SendPayload, asked.values.payload, "payload")
    recalling.send(_named(asked), payload.action, asked.caller, ports, _outlook(asked, ports))
    return True


def _wish(row_id: str, row: Json, place: int) -> Wish:
    path = f"labels[{place}]"
    try:
        return Wish(row_id=row_id, labels=label_row_reading.body_json(row), path=path)
    except Invalid as refused:
        raise Invalid(refused.message, [Fault(path, fault.reason) for fault in refused.faults]) from None


def _named(asked: Asked) -> list[str]:
    """The ids that a query names, each once; raises Malformed."""
    uid = asked.values.uid
    names = uid if isinstance(uid, list) else [uid]
    if not names or not all(isinstance(name, str) for name in names) or len(names) > MOST_AT_ONCE:
        raise Malformed(f"uid names one to {MOST_AT_ONCE} label rows or data units.")
    lowered = [name.lower() for name in names]
    if len(set(lowered)) != len(lowered):
        raise Malformed("uid names something twice.")
    return lowered


def _outlook(asked: Asked, ports: Ports) -> Outlook:
    return Outlook.of(ProjectId(asked.resource_id), asked.caller, ports)
