"""A sequence is rendered image by image: however many there are, they take the memory of a few."""

import os
import subprocess
import sys
from pathlib import Path

import av

from gloss.probes import sequence
from tests.builders_media import an_image

PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
PROGRAM = """
import sys
from gloss.probes import sequence
body = open(sys.argv[1], "rb").read()
with sequence.rendered((str(number), body) for number in range(int(sys.argv[2]))) as made:
    assert made.facts.frame_count == int(sys.argv[2])
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def peak_mb(image: Path, count: int) -> float:
    command = [sys.executable, "-c", PROGRAM, str(image), str(count)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=PATHS).stdout) / 1024


def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path) -> None:
    image = tmp_path / "image.jpg"
    image.write_bytes(an_image("JPEG", (1600, 1200)))

    few, many = peak_mb(image, 10), peak_mb(image, 70)

    assert many - few < 10 * 1600 * 1200 * 3 / 2**20


def test_every_image_is_a_frame_of_the_first_image_s_size() -> None:
    images = [("first", an_image(size=(65, 49))), ("second", an_image(size=(20, 90)))]

    with sequence.rendered(images) as made, av.open(str(made.path)) as container:
        frames = list(container.decode(video=0))

    assert [(frame.width, frame.height) for frame in frames] == [(65, 49), (65, 49)]
    assert not made.path.exists()
