"""Copies that broke off for good leave no data units and make no tasks; whole ones are left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gloss.adapters.memory_mail import MemoryAlarms
from gloss.domain.errors import Conflict
from gloss.domain.project import Project
from gloss.kinds.catalog import DATA_ROWS, DATASETS, USES, data_rows_of, uses_key
from gloss.kinds.identity import GRANTS
from gloss.ports import Erase, Key, Ports, Query
from gloss.services import attaching, clearing, copying, retiring
from gloss.services.clearing import Unfinished
from gloss.services.copying import Copy, Data
from gloss.services.making import Following
from tests.builders_catalog import a_dataset, a_project, the_admin
from tests.doorway import House, a_house
from tests.mortal import killed_after
from tests.services.test_copying import CLONED, SEED, a_mortal_house

ATTACHED = Copy(data=Data.ATTACHED)


def tried(house: House, source: Project, wanted: Copy, ports: Ports) -> Project:
    return copying.copy(source.id, wanted, the_admin(house), replace(ports, ids=Following(SEED)))


def looked_at(ports: Ports) -> list[str]:
    """What became of the copies whose alarms ring."""
    alarms = MemoryAlarms()
    clearing.watch(ports.store.events, lambda: alarms)  # type: ignore[attr-defined]
    calls = [Unfinished.model_validate(message) for _, message in alarms.pending.values()]
    return [clearing.clear(call, ports.store, ports.clock) for call in calls]


def uses(ports: Ports) -> dict[str, int]:
    return {it.item_id: it.data_units for it in ports.store.get_many(USES, [uses_key(f"item-{n}") for n in range(3)])}


def test_a_copy_is_looked_at_a_day_after_it_was_begun() -> None:
    with a_house() as house:
        source, alarms = a_project(house).project, MemoryAlarms()

        made = tried(house, source, CLONED, house.ports)
        clearing.watch(house.ports.store.events, lambda: alarms)  # type: ignore[attr-defined]

        ((name, (at, message)),) = alarms.pending.items()
        assert (name, at - made.created_at) == (f"copy-{made.id}", timedelta(days=1))
        assert message == {"copy_id": made.id, "org_id": made.org_id, "dataset_id": made.dataset_ids[0]}


def test_a_copy_that_died_anywhere_is_cleared_with_its_data_units_or_was_whole() -> None:
    with a_house() as house:
        source = a_project(house).project
        whole, life = a_mortal_house(house)
        made, before = tried(house, source, CLONED, whole), uses(house.ports)

        for writes in range(1, life.writes):
            ports, mortality = a_mortal_house(house)
            killed_after(writes, mortality, lambda ports=ports: tried(house, source, CLONED, ports))  # type: ignore[misc]
            assert looked_at(ports) == ["cleared"], f"killed after write {writes}"
            assert uses(ports) == before
            assert list(ports.store.every(DATA_ROWS, data_rows_of(made.dataset_ids[0]))) == []
            assert ports.store.find(DATASETS, Key(f"DATASET#{made.dataset_ids[0]}")) is None


def test_clearing_that_died_anywhere_goes_on() -> None:
    with a_house() as house:
        source = a_project(house).project
        whole, life = a_mortal_house(house)
        tried(house, source, CLONED, whole)

        for writes in range(1, 5):
            ports, mortality = a_mortal_house(house)
            killed_after(life.writes - 1, mortality, lambda ports=ports: tried(house, source, CLONED, ports))  # type: ignore[misc]
            killed_after(writes, mortality, lambda ports=ports: looked_at(ports))  # type: ignore[misc]
            assert looked_at(ports) == ["cleared"]
            assert uses(ports) == uses(house.ports), f"killed after write {writes}"


def test_data_that_comes_afterwards_makes_no_task_in_a_cleared_copy() -> None:
    with a_house() as house:
        dataset = a_dataset(house)
        source = a_project(house, dataset).project
        ports, life = a_mortal_house(house)
        killed_after(3, life, lambda: tried(house, source, ATTACHED, ports))

        assert looked_at(ports) == ["cleared"]

        attached = attaching.projects_on(dataset, ports.store)
        assert [it.id for it in attached] == [source.id]


def test_a_copy_that_was_cleared_is_not_gone_on_with() -> None:
    with a_house() as house:
        source = a_project(house).project
        ports, life = a_mortal_house(house)
        killed_after(3, life, lambda: tried(house, source, CLONED, ports))
        looked_at(ports)

        with pytest.raises(Conflict, match="broke off"):
            tried(house, source, CLONED, ports)


def test_a_whole_copy_is_left_alone_though_it_was_deleted_since() -> None:
    with a_house() as house:
        made = tried(house, a_project(house).project, CLONED, house.ports)
        rows = list(house.ports.store.every(DATA_ROWS, data_rows_of(made.dataset_ids[0])))

        assert looked_at(house.ports) == ["whole"]
        retiring.delete(made.id, house.ports)
        assert looked_at(house.ports) == ["whole"]

        assert list(house.ports.store.every(DATA_ROWS, data_rows_of(made.dataset_ids[0]))) == rows != []


def test_a_whole_copy_is_left_alone_though_nobody_has_a_role_of_their_own_on_it_since() -> None:
    with a_house() as house:
        made = tried(house, a_project(house).project, CLONED, house.ports)
        rows = list(house.ports.store.every(DATA_ROWS, data_rows_of(made.dataset_ids[0])))
        grants = house.ports.store.every(GRANTS, f"GRANTS#project:{made.id}", Query(prefix="USER#"))
        house.ports.store.commit([Erase(GRANTS, grant) for grant in grants])

        assert looked_at(house.ports) == ["whole"]

        assert list(house.ports.store.every(DATA_ROWS, data_rows_of(made.dataset_ids[0]))) == rows != []
