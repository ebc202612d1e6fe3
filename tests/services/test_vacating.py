"""Who is taken off a project holds none of its tasks for long, and what others hold stays theirs."""

from gloss.domain.access import OrgRole, Role
from gloss.domain.identity import Grant, User
from gloss.domain.model import OrgId, UserId
from gloss.domain.workflow.actions import Assign, Move
from gloss.kinds.identity import GRANTS, USERS
from gloss.ports import Save
from gloss.services import advancing, bulking, vacating
from gloss.services.bulking import BatchRef, Closing, JobRef
from gloss.services.situating import TaskPath
from tests.builders_bulk import ADMIN, PROJECT, Works, some_works, task_id
from tests.builders_workflow import NOON


def some_held(*holders: str) -> Works:
    """A task for each name, held by whoever is named."""
    works = some_works(rows=len(holders), tasks=len(holders))
    for name in {*holders, "ada"}:
        grant = {"user_id": name, "role": Role.ADMIN if name == "ada" else Role.ANNOTATOR, "email": f"{name}@acme.io"}
        plain = {"resource": f"project:{PROJECT}", "org_id": "org", "granted_at": NOON}
        user = User(
            id=UserId(name), org_id=OrgId("org"), email=grant["email"], org_role=OrgRole.MEMBER, created_at=NOON
        )
        held = works.store.find(GRANTS, GRANTS.key(Grant.model_validate({**plain, **grant})))
        works.store.commit(
            [Save(USERS, user), *([] if held else [Save(GRANTS, Grant.model_validate({**plain, **grant}))])]
        )
    for number, name in enumerate(holders):
        act(works, number, Move(destination="annotate"))  # type: ignore[arg-type]
        act(works, number, Assign(assignee=UserId(name)))
    return works


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
