"""Uploaded labels of any length on their way into a row: a step in each run of a function, saved once at the end."""

from dataclasses import dataclass, replace
from typing import Final

from gloss.domain.access import Caller
from gloss.domain.bulk import Headway
from gloss.domain.errors import Stale
from gloss.domain.labels import canvas_of
from gloss.domain.labels.appearing import Author
from gloss.domain.labels.cutting import Terms
from gloss.domain.model import JobId, Timestamp
from gloss.domain.ontology import Structure
from gloss.domain.workflow.label_rows import Row
from gloss.kinds.bulk import HEADWAYS, headway_key
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports, Save
from gloss.services import saving
from gloss.services.hauling import STEP_BYTES, Hauling, Stand
from gloss.services.locating import Outlook
from gloss.services.making import Following
from gloss.services.receiving import demand_upload, row_of
from gloss.services.situating import demand_open
from gloss.services.sorting import RUN_BYTES

#: Of all that was made on the way nothing is kept longer than two days.
FOLDER: Final = "tmp/hauls/{job_id}/"


@dataclass(frozen=True)
class Haul:
    """Uploaded labels of a row, the job that saves them, when it began, and the id under which they are saved once."""

    job_id: JobId
    row_id: str
    upload_key: str
    save_id: str
    at: Timestamp
    step_bytes: int = STEP_BYTES
    run_bytes: int = RUN_BYTES


def carry_on(haul: Haul, caller: Caller, outlook: Outlook, ports: Ports) -> bool:
    """Do the next step, the last of which saves the row; whether there is more to do.

    Raises Invalid with its faults, NotFound, Forbidden or Conflict for who may not save the labels of the row now.
    """
    row = row_of(haul.row_id, outlook, ports)
    demand_upload(row, haul.upload_key)
    demand_open(outlook.project, outlook.worker)
    saving.demand_may_label(row, outlook)
    structure = saving.structure_of(outlook, ports.store)
    canvas = canvas_of(ports.store.get(ITEMS, item_key(row.task.item_id)))
    terms = Terms(structure, canvas, Author(caller.email, haul.at))
    folder = FOLDER.format(job_id=haul.job_id)
    hauling = Hauling(haul.upload_key, folder, terms, ports.blobs, haul.step_bytes, haul.run_bytes)
    headway = ports.store.find(HEADWAYS, headway_key(haul.job_id))
    stand = hauling.stand(headway.steps if headway else 0)
    if stand.next == "head":
        _save(row, hauling, stand, structure, outlook, replace(ports, ids=Following(haul.save_id)))
        return False
    _note(headway, haul, hauling.step(stand), ports)
    return True


def _save(row: Row, hauling: Hauling, stand: Stand, structure: Structure, outlook: Outlook, ports: Ports) -> None:
    saving.keep([(row, hauling.labels(stand))], structure, outlook, ports)


def _note(before: Headway | None, haul: Haul, stand: Stand, ports: Ports) -> None:
    """Tell that a step is done; where another run was faster, it did the same."""
    now = ports.clock.now()
    said = {"steps": stand.number, "share": stand.share, "heard_at": now}
    after = before.changed(**said) if before else Headway(job_id=haul.job_id, begun_at=haul.at, **said)
    try:
        ports.store.commit([Save(HEADWAYS, after)])
    except Stale:
        return
