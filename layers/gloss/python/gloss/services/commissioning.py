"""Having labels that were uploaded saved by a job, since they are more than one request can check."""

from gloss.domain.access import Caller
from gloss.domain.bulk import BulkJob, SaveUploaded
from gloss.ports import Ports
from gloss.services import bulking, receiving, saving
from gloss.services.locating import Outlook
from gloss.services.receiving import Uploaded


def start(row_id: str, uploaded: Uploaded, caller: Caller, outlook: Outlook, ports: Ports) -> BulkJob:
    """A job that saves them; raises NotFound without such a row or key, Forbidden for who may not save labels."""
    row = receiving.row_of(row_id, outlook, ports)
    receiving.demand_upload(row, uploaded.upload_key)
    saving.demand_may_label(row, outlook)
    operation = SaveUploaded(project_id=outlook.project.id, upload_key=uploaded.upload_key)
    return bulking.start(operation, [row.id], caller, ports)
