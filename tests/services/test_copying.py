"""Copies of projects: clones of their data, labels by how their reviews stand, and what a crash leaves of them."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Invalid, TooLarge
from gloss.domain.model import DataId, DatasetId, UserId
from gloss.domain.project import Project
from gloss.domain.workflow.reviews import ReviewStatus
from gloss.kinds.bulk import BULK_JOBS, bulk_jobs_of
from gloss.kinds.catalog import DATA_ROWS, DATASETS, PROJECTS, USES, data_rows_of, uses_key
from gloss.kinds.identity import GRANTS, grant_key
from gloss.ports import Key, Ports, Query, Save
from gloss.services import attaching, cataloguing, copying, labelling, reviewing
from gloss.services.attaching import Attaching
from gloss.services.authorising import role_on
from gloss.services.cataloguing import NewDataset
from gloss.services.copying import CopiedLabels, Copy, Data
from gloss.services.making import Following
from gloss.services.reviewing import Judging
from gloss.services.situating import TaskPath
from tests.builders_catalog import FOLDER, a_dataset, a_project, label, move, tasks_of, the_admin
from tests.builders_labels import a_car
from tests.doorway import House, a_house, a_person, grant
from tests.mortal import killed_after, mortal

SEED = "6f1c36de-6a9b-4c3c-9d53-1c7b7a3f4a11"
CLONED = Copy(data=Data.CLONED, dataset_title="Night", labels=CopiedLabels(), people=True)


def copied(house: House, source: Project, wanted: Copy, ports: Ports | None = None) -> Project:
    return copying.copy(source.id, wanted, the_admin(house), ports or house.ports)


def labels_of(house: House, project: Project) -> dict[str, set[str]]:
    """The ids of the objects of each task, by title."""
    caller = the_admin(house).model_copy(update={"role": Role.ADMIN})
    paths = {it.title: TaskPath(project_id=project.id, task_id=it.id) for it in tasks_of(house, project)}
    read = {title: labelling.read(path, None, caller, house.ports).body for title, path in paths.items()}
    found = {title: {id_ for id_, _ in body.every_object()} for title, body in read.items()}
    return {title: ids for title, ids in found.items() if ids}


def a_labelled_project(house: House) -> Project:
    """A project of two tasks, of which the first has two cars, and an Annotator."""
    project = a_project(house).project
    label(house, tasks_of(house, project)[0], {"objects": [a_car(), a_car(id="car00002")]})
    a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"project:{project.id}", Role.ANNOTATOR)
    return project


def test_a_clone_has_data_units_of_its_own_of_the_same_items() -> None:
    with a_house() as house:
        source = a_labelled_project(house)

        made = copied(house, source, CLONED)

        dataset = house.ports.store.get(DATASETS, Key(f"DATASET#{made.dataset_ids[0]}"))
        rows, old = ([*house.ports.store.every(DATA_ROWS, data_rows_of(it.dataset_ids[0]))] for it in (made, source))
        assert (dataset.title, role_on(the_admin(house), f"dataset:{dataset.id}", house.ports.store)) == (
            "Night",
            Role.ADMIN,
        )
        assert {row.item_id for row in rows} == {row.item_id for row in old}
        assert {row.id for row in rows}.isdisjoint(row.id for row in old)
        assert house.ports.store.get(USES, uses_key(rows[0].item_id)).data_units == 2
        assert labels_of(house, made) == labels_of(house, source)


def test_a_clone_of_chosen_data_units_has_these_only() -> None:
    with a_house() as house:
        source = a_labelled_project(house)
        second = tasks_of(house, source)[1]

        made = copied(house, source, replaced(CLONED, units={second.dataset_id: (second.data_id,)}))

        assert [it.title for it in tasks_of(house, made)] == [second.title]


def replaced(wanted: Copy, **said: Any) -> Copy:
    return Copy.model_validate({**dict(wanted), **said})


@pytest.mark.parametrize(
    ("standing", "expected"),
    [(ReviewStatus.APPROVED, {"car00001"}), (ReviewStatus.NEW, {"car00002"}), (ReviewStatus.REJECTED, None)],
)
def test_labels_are_copied_as_their_reviews_stand(standing: ReviewStatus, expected: set[str] | None) -> None:
    with a_house() as house:
        source = a_labelled_project(house)
        task = move(house, tasks_of(house, source)[0], "review")
        path = TaskPath(project_id=source.id, task_id=task.id)
        admin = the_admin(house).model_copy(update={"role": Role.ADMIN})
        reviewing.judge(path, "car00001", Judging(action="approve"), admin, house.ports)

        made = copied(house, source, replaced(CLONED, labels=CopiedLabels(standings=frozenset({standing}))))

        assert labels_of(house, made) == ({task.title: expected} if expected else {})


@pytest.mark.parametrize(
    ("dataset", "data", "path"),
    [("other", "d", "datasets_to_data_hashes_map.other"), (None, "d", "datasets_to_data_hashes_map.{}[0]")],
)
def test_data_units_of_others_are_not_cloned(dataset: str | None, data: str, path: str) -> None:
    with a_house() as house:
        source = a_labelled_project(house)
        own = source.dataset_ids[0]

        with pytest.raises(Invalid) as refused:
            copied(house, source, replaced(CLONED, units={DatasetId(dataset or own): (DataId(data),)}))

        assert refused.value.faults[0].path == path.format(own)


def test_more_than_a_request_clones_is_refused_before_anything_is_made() -> None:
    with a_house() as house:
        source = a_project(house, a_dataset(house, items=1001)).project
        before = len(house.ports.store._records)  # type: ignore[attr-defined]

        with pytest.raises(TooLarge, match="at most 1000 data units: name some in datasets_to_data_hashes_map"):
            copied(house, source, CLONED)

        assert len(house.ports.store._records) == before  # type: ignore[attr-defined]


def test_a_copy_of_many_data_units_gets_its_tasks_by_a_job_of_its_admin() -> None:
    with a_house() as house:
        source = a_project(house, a_dataset(house, items=1001)).project

        made = copied(house, source, Copy(data=Data.ATTACHED))

        jobs = house.ports.store.every(BULK_JOBS, bulk_jobs_of(made.id), Query(index="by_parent"))
        assert role_on(the_admin(house), f"project:{made.id}", house.ports.store) is Role.ADMIN
        assert [job.operation.project_id for job in jobs] == [made.id]


def test_all_people_of_a_project_with_many_are_copied() -> None:
    with a_house() as house:
        source = a_labelled_project(house)
        ann = house.ports.store.get(GRANTS, grant_key(f"project:{source.id}", UserId("user-ann@acme.io")))
        more = [ann.model_copy(update={"user_id": UserId(f"user-{number}"), "version": 1}) for number in range(200)]
        for start in range(0, 200, 100):
            house.ports.store.commit([Save(GRANTS, it) for it in more[start : start + 100]])

        made = copied(house, source, Copy(people=True))

        people = house.ports.store.every(GRANTS, f"GRANTS#project:{made.id}", Query(prefix="USER#"))
        assert {it.user_id for it in people} == {it.user_id for it in (ann, *more)} | {house.founded.user_id}


def test_an_item_that_is_there_twice_is_cloned_twice() -> None:
    with a_house() as house:
        dataset = a_dataset(house)
        source = a_project(house, dataset).project
        another = a_dataset_of_the_same(house)
        both = source.changed(dataset_ids=(dataset, another))
        house.ports.store.commit([Save(PROJECTS, both)])

        made = copied(house, both, Copy(data=Data.CLONED))

        assert len(tasks_of(house, made)) == 4


def a_dataset_of_the_same(house: House) -> DatasetId:
    made = cataloguing.make_dataset(NewDataset(title="Again"), the_admin(house), house.ports)
    attaching.attach(made.id, Attaching(folder_ids=(FOLDER,)), the_admin(house), house.ports)
    return made.id


def a_mortal_house(house: House) -> tuple[Ports, Any]:
    """The house's records in one life, with ids that are the same for every try."""
    ports, life = mortal(house.ports)
    ports.store._records = deepcopy(house.ports.store._records)  # type: ignore[attr-defined]
    ports.blobs.objects.update(house.ports.blobs.objects)  # type: ignore[attr-defined]
    return ports, life


def tried(source: Project, caller: Caller, ports: Ports) -> Project:
    return copying.copy(source.id, CLONED, caller, replace(ports, ids=Following(SEED)))


def test_a_copy_that_is_killed_anywhere_is_seen_by_nobody_and_goes_on() -> None:
    with a_house() as house:
        source, caller = a_labelled_project(house), the_admin(house)
        whole, life = a_mortal_house(house)
        expected = tried(source, caller, whole)

        for writes in range(1, life.writes):
            ports, mortality = a_mortal_house(house)
            assert killed_after(writes, mortality, lambda ports=ports: tried(source, caller, ports))  # type: ignore[misc]
            seen = [f"project:{expected.id}", f"dataset:{expected.dataset_ids[0]}"]
            assert [role_on(caller, it, ports.store) for it in seen] == [None, None], f"killed after write {writes}"
            tried(source, caller, ports)
            assert ports.store._records == whole.store._records, f"killed after write {writes}"  # type: ignore[attr-defined]
            assert ports.store.events == whole.store.events  # type: ignore[attr-defined]
