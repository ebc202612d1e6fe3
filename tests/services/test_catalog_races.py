"""What two people do to a catalog at the same moment, in orders drawn from a seed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from gloss.domain.access import Caller, Role
from gloss.domain.dataset import Duplicates
from gloss.domain.errors import GlossError
from gloss.domain.identity import Grant
from gloss.domain.model import DatasetId, UserId
from gloss.kinds.catalog import DATA_ROWS, PROJECTS, data_rows_of
from gloss.kinds.identity import GRANTS
from gloss.ports import Key, Ports, Query
from gloss.services import attaching, projecting, retiring, staffing
from gloss.services.attaching import Attaching
from gloss.services.projecting import NewProject
from gloss.services.staffing import NewMember
from tests.builders_catalog import FOLDER, a_dataset, a_folder, a_project, tasks_of, the_admin
from tests.doorway import House, a_house, a_person
from tests.interleaving import LaggingStore, TurnTaking

Job = Callable[[Ports], object]


def together(house: House, jobs: Sequence[Job], seed: int) -> None:
    """Run the jobs at once on the house's records; one that is refused counts as done."""
    turns = TurnTaking(seed)
    store = LaggingStore(turns, lag=2)
    store._records = house.ports.store._records  # type: ignore[attr-defined]
    ports = replace(house.ports, store=store)
    store.started = True
    turns.run([lambda job=job: _quietly(job, ports) for job in jobs])  # type: ignore[misc]
    store.started = False


def _quietly(job: Job, ports: Ports) -> None:
    with suppress(GlossError):
        job(ports)


def rows_in(house: House, dataset_id: DatasetId) -> int:
    return len(list(house.ports.store.every(DATA_ROWS, data_rows_of(dataset_id))))


@pytest.mark.parametrize("seed", range(20))
def test_a_folder_attached_twice_at_once_is_in_once(seed: int) -> None:
    with a_house() as house:
        dataset, caller = a_dataset(house, items=0), the_admin(house)
        wanted = Attaching(folder_ids=(a_folder(house, 5),), duplicates=Duplicates.SKIP)

        together(house, [lambda ports: attaching.attach(dataset, wanted, caller, ports)] * 3, seed)

        assert rows_in(house, dataset) == 5


@pytest.mark.parametrize("seed", range(20))
def test_data_units_that_come_with_their_project_get_one_task(seed: int) -> None:
    with a_house() as house:
        dataset, caller = a_dataset(house, items=0), the_admin(house)
        a_folder(house, 4)
        project = a_project(house, dataset).project
        wanted = Attaching(folder_ids=(FOLDER,))

        together(house, [lambda ports: attaching.attach(dataset, wanted, caller, ports)] * 2, seed)

        assert [task.stage for task in tasks_of(house, project)] == ["agent"] * 4


@pytest.mark.parametrize("seed", range(20))
def test_two_admins_cannot_remove_each_other(seed: int) -> None:
    with a_house() as house:
        project, admin = a_project(house).project, the_admin(house).model_copy(update={"role": Role.ADMIN})
        a_person(house, "ann@acme.io")
        ann = staffing.add(f"project:{project.id}", NewMember(email="ann@acme.io", role=Role.ADMIN), admin, house.ports)

        def removal(by: Caller, of: UserId) -> Job:
            return lambda ports: staffing.remove(f"project:{project.id}", of, by, ports)

        other = admin.model_copy(update={"user_id": ann.user_id})
        together(house, [removal(admin, ann.user_id), removal(other, admin.user_id)], seed)

        assert [grant.role for grant in grants_on(house, project.id)] == [Role.ADMIN]


def grants_on(house: House, project_id: str) -> list[Grant]:
    return list(house.ports.store.every(GRANTS, f"GRANTS#project:{project_id}", Query(prefix="USER#", limit=1000)))


@pytest.mark.parametrize("seed", range(20))
def test_a_benchmark_project_never_comes_back_without_its_ground_truth(seed: int) -> None:
    with a_house() as house:
        gold, boss = a_project(house, a_dataset(house, 0)).project, the_admin(house)
        wanted = NewProject(title="Exam", ontology_id=gold.ontology_id, ground_truth_ids=(gold.id,))
        exam = projecting.make_project(wanted, boss, house.ports).project
        retiring.delete(exam.id, house.ports)

        back, gone = partial(retiring.restore, exam.id, boss), partial(retiring.delete, gold.id)
        together(house, [back, gone], seed)

        stored = [house.ports.store.get(PROJECTS, Key(f"PROJECT#{it.id}")) for it in (exam, gold)]
        assert [it.deleted_at is None for it in stored] != [True, False]
