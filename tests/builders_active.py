"""Builders for the import and explore rooms: shards of a small project, and its index."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gloss import wiring
from gloss.adapters.decoding.decoder import MediaDecoder
from gloss.adapters.explorer_build import DuckIndexBuilder
from gloss.adapters.explorer_duckdb import DuckExplorer
from gloss.adapters.memory import MemoryBlobs
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.embedding import Embedded
from gloss.domain.metrics.vectors import normalised
from gloss.domain.project import Project
from gloss.domain.shards import Folder
from gloss.domain.workflow.task import Task
from gloss.services import attaching, cataloguing
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset
from tests.builders_catalog import a_folder, a_project, an_item, tasks_of, the_admin
from tests.doorway import House, a_house
from tests.walk import walk

IMPORT = "import-1"
INDEX = "explorer/p/import-1/0001"


def a_frame(number: int, **changes: Any) -> dict[str, Any]:
    """A frame's row; frame number n belongs to data unit d<n>."""
    return {
        "id": f"d{number}:0",
        "data_id": f"d{number}",
        "task_id": f"t{number}",
        "title": f"photo {number}",
        "frame_title": f"photo {number}",
        "kind": "image",
        "frame": 0,
        "width_px": 100,
        "height_px": 50,
        "stage": "annotate" if number % 2 else "review",
        "priority": 0.5,
        "metadata": {"site": f"site-{number % 3}"},
        **changes,
    }


def a_fact(number: int, key: str, value: str | float | bool, moment: str | None = None) -> dict[str, Any]:
    """One metadata value of frame n."""
    if isinstance(value, bool):
        return {"id": f"d{number}:0", "key": key, "type": "boolean", "text": str(value).lower()}
    kind = "text" if isinstance(value, str) else "number"
    return {"id": f"d{number}:0", "key": key, "type": kind, kind: value, "moment": moment}


def shards_of(frames: int = 6, **folders: Sequence[Mapping[str, Any]]) -> MemoryBlobs:
    """Shards of a project of n photographs, with these further folders (underscores for dashes)."""
    blobs = MemoryBlobs()
    rows = {"frames": [a_frame(number) for number in range(frames)], **folders}
    for name, lines in rows.items():
        blobs.put(shards.shard(IMPORT, Folder(name.replace("_", "-")), 0), shards.lines(lines))
    return blobs


def add_vectors(blobs: MemoryBlobs, visual: Any, semantic: Any) -> None:
    """Vectors of the first frames, in their order."""
    for space, rows in (("visual", visual), ("semantic", semantic)):
        body = shards.npy(normalised(np.asarray(rows, float)).astype(np.float16))
        blobs.put(shards.matrix(IMPORT, space, 0), body)
    ids = [{"id": f"d{number}:0", "place": number} for number in range(len(visual))]
    blobs.put(shards.shard(IMPORT, Folder.VECTORS, 0), shards.lines(ids))


def an_explorer(blobs: MemoryBlobs, folder: Path, stage: Stage = Stage.ADVANCED) -> DuckExplorer:
    """The explorer over the index of these shards up to a stage."""
    DuckIndexBuilder(blobs).build(shards.prefix_of(IMPORT), INDEX, stage)
    return DuckExplorer(blobs, folder)


class ColourEmbedder:
    """Port Embedder whose spaces are plain: an image's and a colour word's share of red, green and blue."""

    model_id = "colours"

    def images(self, images: Sequence[Any]) -> Embedded:
        rows = normalised(np.array([image.reshape(-1, 3).mean(axis=0) + 1 for image in images]))
        return Embedded(rows, rows)

    def text(self, query: str) -> list[float]:
        return [float(query == colour) for colour in ("red", "green", "blue")]


class FirstTwo:
    """Port Mapper that keeps the first two dimensions."""

    def flat(self, vectors: Any) -> Any:
        return np.asarray(vectors, float)[:, :2]


def a_picture(colour: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class Studio:
    """A project over items whose files lie in `media`, and where it is explored."""

    house: House
    media: MemoryMedia
    project: Project

    def task(self, title: str) -> Task:
        """The task of the data unit with this title."""
        return next(task for task in tasks_of(self.house, self.project) if task.title == title)

    def run(self) -> None:
        """Run the machine for every import that was started."""
        for machine, name in list(self.house.ports.machines.started):
            if machine == "active_import":
                walk(machine, "import_stages", self.house.ports.machines.started.pop((machine, name)))


@contextmanager
def a_studio(folder: Path, *items: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Studio]:
    """A project whose import runs on real decoders and a real index, with plain colours as embeddings."""
    media, embedder = MemoryMedia({f"s3://media/{name}": body for name, body in files.items()}), ColourEmbedder()
    with a_house(decoder=MediaDecoder(lambda _: media), embedder=embedder, words=embedder, mapper=FirstTwo()) as house:
        blobs = house.ports.blobs
        with wiring.standing_in(index_builder=DuckIndexBuilder(blobs), explorer=DuckExplorer(blobs, folder)):
            store = a_folder(house, 0)
            for number, fields in enumerate(items, start=1):
                an_item(house, number, **{"row": number, "url": f"s3://media/{fields['title']}", **fields})
            dataset = cataloguing.make_dataset(NewDataset(title="Pictures"), the_admin(house), house.ports)
            attaching.attach(dataset.id, Attaching(folder_ids=(store,)), the_admin(house), house.ports)
            yield Studio(house, media, a_project(house, dataset.id).project)
