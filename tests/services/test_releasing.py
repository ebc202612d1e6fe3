"""Files that stay when their group is deleted: seen, counted and recognised like any other item of the folder."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.errors import Invalid
from gloss.domain.media import Item, MediaKind
from gloss.services import filing, refiling, releasing
from gloss.services.refiling import NamedItems
from tests.builders_media import an_image, dicom_files
from tests.builders_register import CALLER, Desk, a_desk
from tests.mortal import Life, MortalStore, killed_after

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20, 10)) for number in range(100)}
SERIES = {f"s3://bkt/mr/{number}.dcm": body for number, body in enumerate(dicom_files())}


def a_group(desk: Desk, number: int = 3, **more: Any) -> Item:
    urls = {f"objectUrl_{at}": f"s3://bkt/{at}.png" for at in range(number)}
    desk.register({"image_groups": [{"title": "rig", "createVideo": False, **urls}], **more})
    return desk.items()[-1]


def deleted_but_kept(desk: Desk, group: Item) -> None:
    releasing.release([group], CALLER, desk.ports)
    refiling.delete(NamedItems(item_ids=(group.id,)), CALLER, desk.ports)


def test_images_of_a_deleted_group_stay_in_its_folder() -> None:
    desk = a_desk(IMAGES)
    group = a_group(desk, 100)

    deleted_but_kept(desk, group)

    assert {it.url for it in desk.items()} == set(IMAGES)
    assert {(it.kind, it.hidden, it.part_of) for it in desk.items()} == {(MediaKind.IMAGE, False, None)}
    counted = filing.summary(desk.folder.id, desk.ports.store)
    assert counted.items == {MediaKind.IMAGE: 100}


def test_kept_images_are_recognised_when_they_are_registered_again() -> None:
    desk = a_desk(IMAGES)
    deleted_but_kept(desk, a_group(desk))

    followed = desk.register({"images": [{"objectUrl": "s3://bkt/1.png"}], "skip_duplicate_urls": True})

    assert [it.status for it in followed.items] == ["skipped"]


def test_files_of_a_deleted_series_stay_as_files() -> None:
    desk = a_desk(SERIES)
    desk.register({"dicom_series": [{"title": "mr", **{f"objectUrl_{at}": url for at, url in enumerate(SERIES)}}]})

    deleted_but_kept(desk, desk.items()[0])

    assert {it.kind for it in desk.items()} == {MediaKind.DICOM_FILE}
    assert len(desk.items()) == len(SERIES)


def test_what_broke_off_between_writes_goes_on_when_asked_again() -> None:
    dead, writes = True, 0
    while dead:
        life = Life()
        desk = a_desk(IMAGES, ports=replace(memory_ports(), store=MortalStore(life)))
        group = a_group(desk, 100)
        dead, writes = killed_after(writes + 1, life, partial(deleted_but_kept, desk, group)), writes + 1

        deleted_but_kept(desk, group)

        assert len(desk.items()) == 100
    assert writes == 4


def test_more_files_than_a_request_writes_are_refused_unchanged() -> None:
    desk = a_desk(IMAGES)
    group = a_group(desk, 100)

    with pytest.raises(Invalid, match="At most 2000 files"):
        releasing.release([group] * 21, CALLER, desk.ports)

    assert desk.items() == [group]
