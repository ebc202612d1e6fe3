"""Labels that are too large for one request: uploaded under a signed URL, then named and saved."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import Field
from pydantic_core import from_json

from gloss.domain.access import Caller
from gloss.domain.errors import Invalid, Malformed, NotFound, TooLarge
from gloss.domain.formats import label_row_reading
from gloss.domain.model import Value
from gloss.domain.workflow.label_rows import Row
from gloss.ports import Ports
from gloss.services import locating, saving
from gloss.services.locating import Outlook
from gloss.services.saving import Wish

UPLOAD_S: Final = 3600
#: So much JSON is held in memory at once, with some twenty times that while it is checked and saved.
MOST_BYTES: Final = 32 * 2**20
#: So much S3 takes by one PUT.
LONGEST_BYTES: Final = 5 * 2**30


TOO_LONG: Final = "The uploaded labels have more than {mib} MiB of JSON."
TO_A_JOB: Final = " POST the upload_key to /v1/projects/{project_id}/label-rows/{row_id}/jobs, which saves up to 5 GiB."


class NewLabelUpload(Value):
    """How many bytes of JSON are to come: at most 5 GiB."""

    size_bytes: Annotated[int, Field(ge=1, le=LONGEST_BYTES)]


class LabelUpload(Value):
    """Where to PUT labels of the announced size within the hour, and the key that names them then."""

    upload_key: str
    url: str


class Uploaded(Value):
    """Which upload holds the labels: a label row as the SDK writes it, or labels as `/v1` takes them."""

    upload_key: Annotated[str, Field(min_length=1, max_length=512)]


def invite(row_id: str, wanted: NewLabelUpload, outlook: Outlook, ports: Ports) -> LabelUpload:
    """A signed URL for the labels of a row; raises NotFound, and Forbidden for who may not save them."""
    row = row_of(row_id, outlook, ports)
    saving.demand_may_label(row, outlook)
    key = f"{_folder(row)}{ports.ids.new()}.json"
    return LabelUpload(upload_key=key, url=ports.blobs.signed_put(key, UPLOAD_S, wanted.size_bytes))


def save(row_id: str, uploaded: Uploaded, caller: Caller, outlook: Outlook, ports: Ports) -> Row:
    """Save what was uploaded, as any save; raises NotFound without such an upload, TooLarge above 32 MiB."""
    demand_upload(row_of(row_id, outlook, ports), uploaded.upload_key)
    labels = _labels(b"".join(_bounded(ports.blobs.open(uploaded.upload_key), MOST_BYTES)))
    saving.save_rows([Wish(row_id=row_id, labels=labels, path="labels")], caller, outlook, ports)
    return row_of(row_id, outlook, ports)


def demand_upload(row: Row, upload_key: str) -> None:
    """Raises NotFound for a key that was not given out for this row."""
    if not upload_key.startswith(_folder(row)):
        raise NotFound("There are no uploaded labels under this upload_key.")


def row_of(row_id: str, outlook: Outlook, ports: Ports) -> Row:
    """The made row of this id; raises NotFound."""
    (row,) = locating.demand_all(locating.by_id([row_id], outlook, ports.store), 1)
    return row


def _folder(row: Row) -> str:
    return f"tmp/labels/{row.id}/"


def _bounded(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise TooLarge(TOO_LONG.format(mib=most // 2**20) + TO_A_JOB)
        yield chunk


def _labels(body: bytes) -> dict[str, Any]:
    try:
        sent = from_json(body, allow_inf_nan=False)
    except ValueError as broken:
        raise Malformed(f"The uploaded labels are not JSON: {broken}.") from None
    if not isinstance(sent, dict):
        raise Invalid("The uploaded labels are no JSON object.")
    return label_row_reading.body_json(sent) if "data_units" in sent else sent
