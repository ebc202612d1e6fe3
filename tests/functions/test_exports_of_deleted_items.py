"""What an export says of label rows whose items are gone."""

import json
from typing import Any

from functions.register import app as register
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.folder import Folder
from gloss.kinds.register import FOLDERS
from gloss.ports import Save
from tests.builders_catalog import FOLDER, a_dataset, a_project, label, tasks_of, the_admin
from tests.builders_labels import a_body_json
from tests.doorway import House, a_house, call
from tests.functions.test_export_doorways import exported


def types_after(house: House, *calls: tuple[str, str, Any]) -> list[str]:
    """The data types of three label rows, the first of them labelled, after these calls."""
    project = a_project(house, a_dataset(house, items=3)).project
    label(house, tasks_of(house, project)[0], a_body_json())
    now, admin = house.ports.clock.now(), the_admin(house)
    stored: dict[str, Any] = {"id": FOLDER, "org_id": admin.org_id, "title": "f", "created_by": admin.user_id}
    folder = Folder(**stored, created_at=now, last_edited_at=now)
    house.ports.store.commit([Save(FOLDERS, folder)])
    for method, path, body in calls:
        assert call(register.handler, method, path, body).status == 200
    rows = json.loads(exported(house, project)["content"])
    return [row["data_type"] for row in sorted(rows, key=lambda row: row["data_title"])]


def test_rows_of_deleted_items_stay_as_deleted() -> None:
    with a_house(media=MemoryMedia({})) as house:
        types = types_after(house, ("POST", "/v1/items/delete", {"item_ids": ["item-1", "item-3"]}))

        assert types == ["deleted", "image", "deleted"]


def test_rows_of_a_deleted_folder_stay_as_deleted_until_it_is_restored() -> None:
    away = ("DELETE", f"/v1/folders/{FOLDER}?recursive=true", None)
    back = ("POST", f"/v1/folders/{FOLDER}/restore", {})

    for calls, expected in (([away], "deleted"), ([away, back], "image")):
        with a_house(media=MemoryMedia({})) as house:
            assert types_after(house, *calls) == [expected] * 3
