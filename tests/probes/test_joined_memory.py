"""Segments are joined packet by packet: however long the film is, it takes little memory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from gloss.probes import sequence

PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
FRAMES = 10
PROGRAM = """
import sys
from pathlib import Path
from gloss.probes import sequence
with sequence.joined(Path(sys.argv[1]) for _ in range(int(sys.argv[2]))) as made:
    print(made.facts.frame_count, made.facts.size_bytes)
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def noise() -> Iterator[tuple[str, bytes]]:
    """Frames of which nothing can be foretold, so that they take many bytes."""
    for at in range(FRAMES):
        picture = BytesIO()
        Image.frombytes("RGB", (640, 480), os.urandom(3 * 640 * 480)).save(picture, "BMP")
        yield str(at), picture.getvalue()


def joined(segment: Path, count: int) -> tuple[int, int, float]:
    """Frames, bytes and greatest memory in MB of so many segments that were joined."""
    command = [sys.executable, "-c", PROGRAM, str(segment), str(count)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=PATHS).stdout.split()
    return int(answer[0]), int(answer[1]), int(answer[2]) / 1024


def test_a_film_of_many_megabytes_is_joined_within_256(tmp_path: Path) -> None:
    segment = tmp_path / "segment.mp4"
    with sequence.rendered(noise()) as made:
        segment.write_bytes(made.path.read_bytes())

    few, many = joined(segment, 1), joined(segment, 120)

    assert (few[0], many[0], many[1] > 256 * 2**20) == (FRAMES, 120 * FRAMES, True)
    assert (many[2] < 256, many[2] - few[2] < 40) == (True, True)
