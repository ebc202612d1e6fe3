"""What is made to exhaust a reader is a refusal or a fact within 256 MB and a few seconds, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import builders_hostile as hostile
from tests.builders_media import a_png_header

PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
LIMIT_MB = 256
SECONDS = 20
#: Runs alone: the greatest memory is the whole process's, imports included. Four gigabytes end what no limit holds.
PROGRAM = """
import json, os, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30,) * 2)
from gloss.domain.errors import Invalid
from gloss.domain.media import MediaKind
from gloss.probes.ranged import Ranged
from gloss.services.probing import probe
from gloss.probes import dicom, pdf, streams
path, kind = sys.argv[1:]
with open(path, "rb") as body:
    def fetch(start, length):
        return os.pread(body.fileno(), length, start)
    file = Ranged(path, fetch, lambda: os.path.getsize(path))
    def greedy(file):
        import zlib
        return str(len(zlib.decompress(file.read(0, file.size))))
    try:
        said = greedy(file) if kind == "greedy" else probe(MediaKind(kind), file).model_dump_json(exclude_none=True)
    except Invalid as refused:
        said = "refused: " + refused.message
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"said": said, "peak_mb": peak / 1024, "seconds": time.process_time(), "bytes_read": file.bytes_read}))
"""


class Met(NamedTuple):
    """What came of a file: what was said, the greatest memory, processor time, and bytes fetched."""

    said: str
    peak_mb: float
    seconds: float
    bytes_read: int


def met(body: bytes, kind: str, folder: Path) -> Met:
    path = folder / "file"
    path.write_bytes(body)
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(path), kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120, env=PATHS)
    return Met(**json.loads(done.stdout))


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("nifti", hostile.a_packed_volume, "refused"),
    ("pdf", lambda: hostile.a_pdf_of_objects(1), "refused"),
    ("pdf", lambda: hostile.a_pdf_of_objects(8), "refused"),
    ("pdf", hostile.a_pdf_of_streams, "refused"),
    ("pdf", lambda: hostile.a_broken_pdf(60), "refused"),
    ("pdf", lambda: hostile.a_broken_pdf(7), "refused"),
    ("pdf", lambda: hostile.a_broken_pdf(60, b""), "refused"),
    ("dicom_file", hostile.a_deflated_dicom, "refused"),
    ("dicom_file", hostile.an_endless_sequence, "refused"),
    ("dicom_file", hostile.a_crowded_dicom, "refused"),
    ("image", lambda: a_png_header(65_536, 65_536), "pixels"),
    ("image", hostile.a_png_of_text, '"width_px":10'),
    ("image", hostile.a_tiff_of_overlaps, "refused"),
    ("image", lambda: hostile.a_webp_of(100 * 2**20), '"width_px":16'),
    ("image", lambda: hostile.an_avif_of(100 * 2**20), '"width_px":16'),
    ("video", lambda: hostile.a_video_of_samples(1, 100_000_000), "video"),
    ("video", lambda: hostile.a_video_of_samples(8, 400_000), "video"),
    ("video", lambda: hostile.a_video_of_samples(200, 400_000), "more than 8 streams"),
]


@pytest.mark.parametrize(("kind", "make", "said"), HOSTILE)
def test_a_hostile_file_is_met_within_256_mb(kind: str, make: Callable[[], bytes], said: str, tmp_path: Path) -> None:
    found = met(make(), kind, tmp_path)

    assert said in found.said
    assert found.peak_mb < LIMIT_MB
    assert found.seconds < SECONDS
    assert found.bytes_read <= 32 * 2**20


def test_the_measure_sees_a_reader_that_unpacks_it_all(tmp_path: Path) -> None:
    assert met(hostile.zeros(300 * 2**20), "greedy", tmp_path).peak_mb > LIMIT_MB
