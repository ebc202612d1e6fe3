"""Taking people off a project: their roles go, and in the same commit a job is there that releases what they hold.

The request starts the job; should it break off before, the outbox's reader does.
"""

from collections.abc import Sequence

from gloss.domain.access import Caller
from gloss.domain.bulk import ReleaseTasks
from gloss.domain.identity import Grant
from gloss.domain.model import ProjectId, UserId
from gloss.kinds.bulk import BULK_JOBS
from gloss.ports import Change, Ports, Save
from gloss.services import bulking, staffing
from gloss.services.situating import persistently


def remove(project_id: ProjectId, user_id: UserId, caller: Caller, ports: Ports) -> Grant:
    """Take one person's role away; raises NotFound, Forbidden, or Conflict for the last Admin."""
    held, changes = staffing.removal(f"project:{project_id}", user_id, caller, ports.store)
    _commit(changes, ReleaseTasks(project_id=project_id, people=(user_id,)), caller, ports)
    return held


def remove_all(project_id: ProjectId, emails: Sequence[str], caller: Caller, ports: Ports) -> None:
    """Take people's roles away, all or none; who has none is passed over. Raises Conflict if no Admin would stay."""
    people = staffing.few_people(emails, caller, ports.store)
    leaving = ReleaseTasks(project_id=project_id, people=tuple(person.id for person in people))

    def removed() -> None:
        if changes := staffing.removals(f"project:{project_id}", people, caller, ports.store):
            _commit(changes, leaving, caller, ports)

    persistently(removed)


def _commit(changes: Sequence[Change], leaving: ReleaseTasks, caller: Caller, ports: Ports) -> None:
    job, told = bulking.queued(leaving, caller, ports)
    ports.store.commit([*changes, Save(BULK_JOBS, job)], [told])
    bulking.begin(job.id, ports.machines)
