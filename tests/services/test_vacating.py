"""Who is taken off a project holds none of its tasks for long, and what others hold stays theirs."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import OrgRole, Role
from gloss.domain.identity import EmailClaim, Grant, User
from gloss.domain.model import OrgId, UserId
from gloss.domain.workflow.actions import Assign, Move
from gloss.kinds.identity import EMAILS, GRANTS, USERS, grant_key
from gloss.ports import Ports, Save
from gloss.services import advancing, bulking, relaying, vacating
from gloss.services.bulking import BatchRef, Closing, JobRef
from gloss.services.situating import TaskPath
from tests.builders_bulk import ADMIN, PROJECT, Works, some_works, task_id
from tests.builders_workflow import NOON
from tests.mortal import killed_after, mortal


def some_held(*holders: str, ports: Ports | None = None) -> Works:
    """A task for each name, held by whoever is named."""
    works = some_works(rows=len(holders), tasks=len(holders), ports=ports)
    for name in sorted({*holders, "ada"}):
        join(works, name)
    for number, name in enumerate(holders):
        act(works, number, Move(destination="annotate"))  # type: ignore[arg-type]
        act(works, number, Assign(assignee=UserId(name)))
    return works


def join(works: Works, name: str) -> None:
    """Somebody of the organisation who annotates in the project; Ada is its Admin already."""
    email, resource = f"{name}@acme.io", f"project:{PROJECT}"
    user = User(id=UserId(name), org_id=OrgId("org"), email=email, org_role=OrgRole.MEMBER, created_at=NOON)
    claim = EmailClaim(email=email, user_id=user.id)
    given = Grant(
        resource=resource, user_id=user.id, org_id=user.org_id, email=email, role=Role.ANNOTATOR, granted_at=NOON
    )
    there = works.store.find(GRANTS, grant_key(resource, name)) is not None
    works.store.commit([Save(USERS, user), Save(EMAILS, claim), *([] if there else [Save(GRANTS, given)])])


def act(works: Works, number: int, action: Assign | Move) -> None:
    advancing.act(TaskPath(project_id=PROJECT, task_id=task_id(number)), action, ADMIN, works.ports)


def carried_out(works: Works, times: int = 1) -> None:
    """The jobs that were started, each batch so often."""
    for _, job_id in list(works.machines.started):
        planned = bulking.plan(JobRef(job_id=job_id), works.ports)  # type: ignore[arg-type]
        for number in planned.batches * times:
            bulking.apply(BatchRef(job_id=planned.job_id, number=number), works.ports)
        bulking.close(Closing(job_id=planned.job_id), works.ports)


def test_who_is_removed_holds_nothing_afterwards_and_it_is_told_once() -> None:
    works = some_held("ann", "bob", "ann")

    vacating.remove(PROJECT, UserId("ann"), ADMIN, works.ports)
    carried_out(works, times=2)

    assert [works.task(number).assignee for number in range(3)] == [None, "bob", None]
    assert [event.kind for event in works.store.events].count("task.released") == 2


def test_what_somebody_else_got_in_between_stays_theirs() -> None:
    works = some_held("ann", "bob")
    vacating.remove(PROJECT, UserId("ann"), ADMIN, works.ports)
    (job_id,) = (job for _, job in works.machines.started)
    bulking.plan(JobRef(job_id=job_id), works.ports)  # type: ignore[arg-type]
    act(works, 0, Assign(assignee=UserId("bob")))

    carried_out(works)

    assert [works.task(number).assignee for number in range(2)] == ["bob", "bob"]


def test_an_admin_who_leaves_holds_nothing_either() -> None:
    works = some_held("bob", "ada")
    works.store.commit(
        [Save(GRANTS, works.store.get(GRANTS, grant_key(f"project:{PROJECT}", "bob")).changed(role=Role.ADMIN))]
    )

    vacating.remove(PROJECT, UserId("ada"), ADMIN, works.ports)
    carried_out(works)

    assert [works.task(number).assignee for number in range(2)] == ["bob", None]


def test_who_came_back_before_the_job_began_keeps_the_tasks() -> None:
    works = some_held("ann")
    held = vacating.remove(PROJECT, UserId("ann"), ADMIN, works.ports)

    works.store.commit([Save(GRANTS, held.model_copy(update={"version": 1}))])
    carried_out(works)

    assert works.task(0).assignee == "ann"


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("writes", [1, 2])
def test_tasks_are_released_though_the_request_died_after_any_write(writes: int, several: bool) -> None:
    ports, life = mortal(memory_ports())
    works = some_held("ann", "bob", ports=ports)

    def removed() -> None:
        if several:
            vacating.remove_all(PROJECT, ["ann@acme.io"], ADMIN, ports)
        else:
            vacating.remove(PROJECT, UserId("ann"), ADMIN, ports)

    killed_after(writes, life, removed)
    relaying.see_through(works.store.events, lambda: ports)
    carried_out(works)

    assert [works.task(number).assignee for number in range(2)] == [None, "bob"]
    assert len(works.machines.started) == 1
