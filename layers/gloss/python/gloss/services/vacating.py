"""Taking people off a project: their roles go at once, and a job releases what they hold."""

from collections.abc import Sequence

from gloss.domain.access import Caller
from gloss.domain.bulk import ReleaseTasks
from gloss.domain.identity import Grant
from gloss.domain.model import ProjectId, UserId
from gloss.ports import Ports
from gloss.services import bulking, identifying, staffing
from gloss.services.authorising import roles_of


def remove(project_id: ProjectId, user_id: UserId, caller: Caller, ports: Ports) -> Grant:
    """Take one person's role away; raises NotFound, Forbidden, or Conflict for the last Admin."""
    held = staffing.remove(f"project:{project_id}", user_id, caller, ports)
    _release(project_id, [user_id], caller, ports)
    return held


def remove_all(project_id: ProjectId, emails: Sequence[str], caller: Caller, ports: Ports) -> None:
    """Take people's roles away, all or none; a request that broke off and comes again has the job started."""
    staffing.remove_all(f"project:{project_id}", emails, caller, ports)
    people = [person.id for person in identifying.users_of(emails, caller, ports.store)]
    _release(project_id, people, caller, ports)


def _release(project_id: ProjectId, people: Sequence[UserId], caller: Caller, ports: Ports) -> None:
    """Who keeps a role by a group keeps the tasks."""
    staying = roles_of(people, f"project:{project_id}", ports.store)
    gone = tuple(person for person in people if staying.get(person) is None)
    if gone:
        bulking.start(ReleaseTasks(project_id=project_id, people=gone), None, caller, ports)
