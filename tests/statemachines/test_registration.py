"""The registration machine, walked as it is deployed, films a long sequence in segments and joins them."""

from io import BytesIO
from typing import Any

import av

from functions.register.app import handler
from gloss.adapters.memory import MemoryBlobs
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.segments import FRAMES_A_SEGMENT
from tests.builders_media import an_image
from tests.doorway import a_house, call
from tests.walk import walk

FRAMES = 2 * FRAMES_A_SEGMENT + 3
IMAGES = {f"s3://bkt/{at}.png": an_image(size=(32, 16)) for at in range(FRAMES)}


def ask(method: str, path: str, body: Any = None) -> Any:
    return call(handler, method, path, body).body


def test_a_long_sequence_becomes_one_film_with_its_images_listed() -> None:
    media = MemoryMedia(IMAGES)
    with a_house(media=media) as house:
        folder = ask("POST", "/v1/folders", {"title": "f"})["id"]
        integration = ask("POST", "/v1/integrations", {"title": "bucket"})["id"]
        sequence = {"title": "s", "createVideo": True, "images": [{"url": url} for url in IMAGES]}
        asked = {"integration_id": integration, "manifest": {"image_groups": [sequence]}}
        job = ask("POST", f"/v1/folders/{folder}/data-upload-jobs", asked)

        walk("registration", "register", {"job_id": job["id"]})

        (item,) = ask("GET", f"/v1/folders/{folder}/items")["entries"]
        whole = ask("GET", f"/v1/items/{item['id']}")
        listed = ask("GET", f"/v1/items/{item['id']}/sources?limit=1000")["entries"]
        assert isinstance(house.ports.blobs, MemoryBlobs)
        assert not [key for key in house.ports.blobs.objects if key.startswith("tmp/")]
    with av.open(BytesIO(media.objects[item["url"]])) as film:
        assert sum(1 for _ in film.decode(video=0)) == item["facts"]["frame_count"] == FRAMES
    assert (whole["source_count"], [each["url"] for each in listed]) == (FRAMES, list(IMAGES))
