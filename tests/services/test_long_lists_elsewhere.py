"""What reads the members of a group whose list lies beside it: an import's plan, an export, the pages of a list."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from functions.import_stages import app as imports
from functions.register import app as register
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.shards import Folder, parse, shard
from gloss.domain.units import Unit
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Save
from gloss.services import staging
from gloss.services.staging import Running
from tests.builders_catalog import a_dataset, a_project, label, tasks_of
from tests.builders_labels import a_body_json, a_car, a_scene
from tests.builders_long import a_stored_group, member_id
from tests.doorway import House, a_house, call
from tests.functions.test_export_doorways import exported

LONG = 1050
MOST = 200_000
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
PROGRAM = f"""
import time
from gloss.adapters.memory import MemoryBlobs
from gloss.domain.media import Item, MediaKind
from gloss.services import enrolling, stowing
from gloss.services.enrolling import Span
from gloss.domain.registering import member_id_of
from tests.builders_long import forget_peak, peak_mb
said = dict(id="i", org_id="o", folder_id="f", kind=MediaKind.IMAGE_GROUP, title="t", created_by="u")
members = tuple(member_id_of("i", at) for at in range({MOST}))
group = Item(**said, members=members, created_at="2026-01-01T00:00:00Z")
blobs = MemoryBlobs()
forget_peak()
before, begun = peak_mb(), time.process_time()
stowed = stowing.stow(group, blobs)
written = peak_mb() - before
del group
forget_peak()
before = peak_mb()
last = list(enrolling.members(stowed, blobs, Span({MOST} - 1000)))
assert last == list(members[-1000:]) and stowed.member_count == {MOST}
print(written, peak_mb() - before, time.process_time() - begun, len(stowed.model_dump_json()))
"""


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia({})) as made:
        yield made


def test_an_import_looks_at_a_long_group_piece_by_piece(house: House) -> None:
    a_stored_group(house, LONG)
    project = a_project(house, a_dataset(house, items=1)).project
    begun = call(imports.handler, "POST", f"/v1/projects/{project.id}/imports", {}).body

    planned = staging.plan(Running(project_id=project.id, import_id=begun["id"]), house.ports)

    keys = [shard(begun["id"], Folder.UNITS, number) for number in planned.batches]
    pieces = [Unit.model_validate(row) for key in keys for row in parse(house.ports.blobs.get(key))]
    group = [unit for unit in pieces if not unit.whole]
    assert [len(unit.parts) for unit in group] == [200] * 5 + [50]
    assert [unit.part(frame).title for unit in group for frame in unit.wanted] == [f"{at:06}.png" for at in range(LONG)]


@pytest.mark.parametrize("form", ["json", "coco"])
def test_an_export_names_every_image_of_a_long_group(house: House, form: str) -> None:
    a_stored_group(house, LONG)
    project = a_project(house, a_dataset(house, items=1)).project
    task = next(task for task in tasks_of(house, project) if task.item_id == "item-7")
    label(house, task, a_body_json(a_car(frames={str(LONG - 1): a_car()["frames"]["0"]}), classifications=[a_scene()]))

    content = json.loads(exported(house, project, format=form)["content"])

    if form == "coco":
        names = [image["image_title"] for image in content["images"]]
        (box,) = content["annotations"]
        assert (box["image_id"], content["images"][box["image_id"]]["image_title"]) == (names.index(last()), last())
    else:
        units = next(row for row in content if row["data_hash"] == task.data_id)["data_units"].values()
        names = [unit["data_title"] for unit in units]
        assert [unit["data_title"] for unit in units if unit["labels"]["objects"]] == [last()]
    assert [name for name in names if name.endswith(".png")] == [f"{at:06}.png" for at in range(LONG)]


def test_no_answer_holds_a_long_list_but_its_pages_do(house: House) -> None:
    group = a_stored_group(house, LONG)
    a_dataset(house, items=1)

    shown = call(register.handler, "GET", f"/v1/items/{group}").body
    page = call(register.handler, "GET", f"/v1/items/{group}/members?limit=1000").body
    rest = call(register.handler, "GET", f"/v1/items/{group}/members?token={page['next_token']}").body

    assert (shown["members"], shown["member_count"], shown["sources"]) == ([], LONG, [])
    assert (len(page["entries"]), len(rest["entries"]), rest["next_token"]) == (1000, LONG - 1000, None)
    assert rest["entries"][-1]["title"] == last()


def test_two_hundred_thousand_members_take_bounded_memory_and_time() -> None:
    command = [sys.executable, "-c", PROGRAM]
    answer = subprocess.run(command, check=True, env=PATHS, stdout=subprocess.PIPE, text=True).stdout

    written_mb, read_mb, seconds, record_bytes = map(float, answer.split())
    assert (written_mb < 64, read_mb < 16, seconds < 10, record_bytes < 1500) == (True,) * 4, answer


def last() -> str:
    return f"{LONG - 1:06}.png"


def test_a_record_from_before_with_many_members_is_read_as_it_is(house: House) -> None:
    group, store = a_stored_group(house, LONG), house.ports.store
    a_dataset(house, items=1)
    whole = store.get(ITEMS, item_key(group))
    members = [member_id(at) for at in range(LONG)]
    store.commit([Save(ITEMS, whole.changed(members=members, roll=None))])

    page = call(register.handler, "GET", f"/v1/items/{group}/members?token={LONG - 2}").body

    assert [entry["title"] for entry in page["entries"]] == [f"{LONG - 2:06}.png", last()]
