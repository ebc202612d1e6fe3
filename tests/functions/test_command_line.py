"""`gloss manifest` over a bucket."""

import json

import pytest

from gloss import wiring
from gloss.__main__ import main
from gloss.adapters.memory_media import MemoryMedia

OBJECTS = {"s3://bkt/gate/1.mp4": b"1", "s3://bkt/gate/2.png": b"2", "s3://bkt/other/3.png": b"3"}


def test_a_bucket_is_listed_under_its_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    with wiring.standing_in(ambient_media=MemoryMedia(OBJECTS)):
        main(["manifest", "s3://bkt/gate/"])

    told = json.loads(capsys.readouterr().out)
    assert told == {
        "videos": [{"objectUrl": "s3://bkt/gate/1.mp4"}],
        "images": [{"objectUrl": "s3://bkt/gate/2.png"}],
    }


def test_a_bucket_that_is_not_there_ends_in_one_line() -> None:
    with (
        wiring.standing_in(ambient_media=MemoryMedia({})),
        pytest.raises(SystemExit, match="gloss: There is no bucket"),
    ):
        main(["manifest", "s3://nowhere/"])
