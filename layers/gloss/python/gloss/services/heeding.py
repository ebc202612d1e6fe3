"""Runs that ended before their time: what each was working on says so at once, and can be taken up again."""

from collections.abc import Callable, Mapping
from typing import Final

from gloss.domain.lost_run import LostRun
from gloss.ports import Ports
from gloss.services import bulking, bundling, deferring, exporting, finishing, linking, submitting, syncing
from gloss.services.bulking import Closing
from gloss.services.bundling import Ending
from gloss.services.finishing import Broken, Cause
from gloss.services.syncing import BrokenSync


def heed(lost: LostRun, ports: Ports) -> None:
    """End what the run was working on, unless that is over, or another run works on it by now."""
    _REMEDY[lost.machine](lost, ports)


def _end_job(lost: LostRun, ports: Ports) -> None:
    broken = {"job_id": lost.payload["job_id"], "run": lost.name, "error": Cause(error=lost.why)}
    finishing.abandon(Broken.model_validate(broken), ports)


def _end_sync(lost: LostRun, ports: Ports) -> None:
    """A run that came to nothing before it had a sync leaves nothing to end."""
    sync = syncing.find_latest(lost.payload["folder_id"], ports.store)
    if sync is not None:
        syncing.give_up(BrokenSync(sync_id=sync.id, run=lost.name, error=Cause(error=lost.why)), ports)


def _end_export(lost: LostRun, ports: Ports) -> None:
    """An export has one run and no other."""
    error = {"Error": "The export broke off", "Cause": lost.why}
    bundling.finish(Ending(export_id=lost.payload["export_id"], error=error), ports)


def _end_bulk_job(lost: LostRun, ports: Ports) -> None:
    closing = {"job_id": lost.payload["job_id"], "run": lost.name, "error": {"Error": lost.why}}
    bulking.close(Closing.model_validate(closing), ports)


def _excuse_answer(lost: LostRun, ports: Ports) -> None:
    deferring.excuse(deferring.Broken(answer_id=lost.payload["answer_id"]), ports)


_REMEDY: Final[Mapping[str, Callable[[LostRun, Ports], None]]] = {
    submitting.MACHINE: _end_job,
    linking.MACHINE: _end_sync,
    exporting.MACHINE: _end_export,
    bulking.MACHINE: _end_bulk_job,
    deferring.MACHINE: _excuse_answer,
}
