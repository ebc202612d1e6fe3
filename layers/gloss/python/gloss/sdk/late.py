"""Which queries of the legacy door a run may answer, and how it does: as the request would have, without its bound."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gloss.domain.late_answer import LateAnswer
from gloss.ports import Ports, Store
from gloss.sdk import operations
from gloss.sdk.datasets import calls as dataset_calls
from gloss.sdk.datasets import rows
from gloss.sdk.doors import enveloped
from gloss.sdk.labels import calls
from gloss.sdk.operations import Asked, Query, operation_of
from gloss.sdk.projects import calls as project_calls
from gloss.services import authorising
from gloss.services.signing import MediaOf

Tell = Callable[[Asked, Ports, MediaOf], Any]

LATE: Final[Mapping[tuple[str, str], Tell]] = {
    ("project", "GET"): lambda asked, ports, _media_of: project_calls.get_legacy(asked, ports),
    ("labelrowmetadata", "GET"): calls.entries,
    ("labelrow", "GET"): calls.fetch,
    ("labelrow", "PUT"): calls.make,
    ("dataset", "GET"): lambda asked, ports, _media_of: dataset_calls.get(asked, ports),
    ("datarows", "GET"): lambda asked, ports, _media_of: rows.listed(asked, ports),
}


def told(late: LateAnswer, sent: bytes, ports: Ports, media_of: MediaOf) -> Iterator[bytes]:
    """The whole answer to who may still ask; raises NotFound or Forbidden before the first piece."""
    query = Query.model_validate_json(sent)
    operation = operation_of(query, late.resource)
    asking = authorising.person(late.user_id, ports.store)
    asked = operations.asked(query, operation, late.resource_id, asking, ports.store)
    return enveloped(LATE[operation.query_type, operation.method](asked, ports, media_of))


def readmit(late: LateAnswer, store: Store) -> None:
    """Let an answer be handed out that was made a while ago; raises NotFound or Forbidden for who may ask no more."""
    query = Query(query_type=late.query_type, query_method=late.method)
    operation = operation_of(query, late.resource)
    operations.asked(query, operation, late.resource_id, authorising.person(late.user_id, store), store)
