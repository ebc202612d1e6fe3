"""Frames come out of real files with the number, size and look that they have."""

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from gloss.adapters.decoding import pictures, video, volumes
from gloss.adapters.decoding.pictures import JpegThumbnails
from gloss.adapters.decoding.ranged import RangedFile
from gloss.domain.errors import Invalid

FRAMES = 60


class OneObject:
    """Media that hold one object, and count the bytes that were read of it."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.read_bytes = 0

    def size(self, url: str) -> int:
        return len(self.body)

    def read(self, url: str, start: int, length: int) -> bytes:
        part = self.body[start : start + length]
        self.read_bytes += len(part)
        return part

    def write(self, url: str, body: bytes, content_type: str) -> None:
        self.body = body

    def signed_get(self, url: str, seconds: int) -> str:
        return url


def a_film(gop: int, rate: Fraction = Fraction(30), frames: int = FRAMES, b_frames: int = 2) -> io.BytesIO:
    """An MP4 whose frame n is grey of brightness 4 n."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=rate, options={"bf": str(b_frames), "crf": "10"})
        stream.width, stream.height, stream.gop_size, stream.pix_fmt = 64, 48, gop, "yuv420p"
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 4 * number, np.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    file.seek(0)
    return file


def numbers(shots: Iterator[video.Shot]) -> list[tuple[int, int]]:
    """Of each frame the number it was given and the number that it shows."""
    return [(shot.frame, round(float(shot.pixels.mean()) / 4)) for shot in shots]


@pytest.mark.parametrize("gop", [1, 12, 250])
@pytest.mark.parametrize("rate", [Fraction(30), Fraction(30000, 1001), Fraction(25)])
def test_every_sampled_frame_is_the_one_asked_for(gop: int, rate: Fraction) -> None:
    wanted = [0, 1, 11, 12, 13, 29, 47, 59]

    assert numbers(video.shots(a_film(gop, rate), wanted)) == [(frame, frame) for frame in wanted]


def test_frames_beyond_the_end_are_left_out() -> None:
    assert [frame for frame, _ in numbers(video.shots(a_film(12), [58, 60, 999]))] == [58]


def test_time_stamps_count_from_the_start() -> None:
    (shot,) = video.shots(a_film(12, Fraction(25)), [50])

    assert shot.timestamp_s == pytest.approx(2.0)


def planned(gop: int, wanted: Sequence[int]) -> list[tuple[int, ...]]:
    with av.open(a_film(gop)) as container:
        route = video.legs(container.streams.video[0], wanted)
    assert route is not None
    return [leg.frames for leg in route]


def test_distant_frames_are_reached_by_seeking() -> None:
    assert planned(10, [5, 6, 35, 36]) == [(5, 6), (35, 36)]


def test_one_stretch_between_key_frames_is_decoded_once() -> None:
    assert planned(250, [0, 20, 40]) == [(0, 20, 40)]


def test_what_is_no_video_is_refused() -> None:
    with pytest.raises(Invalid):
        list(video.shots(io.BytesIO(b"not a film" * 100), [0]))


def test_a_film_is_read_through_ranges_of_its_object() -> None:
    media = OneObject(a_film(10).getvalue())
    file: Any = io.BufferedReader(RangedFile(media, "s3://b/film"))

    assert numbers(video.shots(file, [3, 44])) == [(3, 3), (44, 44)]


def test_a_ranged_file_reads_like_the_object() -> None:
    body = np.random.default_rng(1).bytes(3_000_000)
    file = RangedFile(OneObject(body), "s3://b/o")

    file.seek(1_048_570)

    assert file.read(20) == body[1_048_570:1_048_590]
    assert file.seek(-5, io.SEEK_END) == 2_999_995
    assert file.read() == body[-5:]


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, options.pop("format", "JPEG"), **options)
    return file.getvalue()


def test_a_photograph_is_turned_as_its_camera_was() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    assert pictures.decode(jpeg(Image.new("RGB", (40, 20)), exif=exif)).shape == (40, 20, 3)


def test_transparent_pixels_are_seen_on_white() -> None:
    assert pictures.decode(jpeg(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), format="PNG")).min() == 255


def test_deep_grey_is_stretched_to_its_range() -> None:
    deep = Image.fromarray(np.linspace(1000, 3000, 100).astype(np.uint16).reshape(10, 10))

    pixels = pictures.decode(jpeg(deep, format="PNG"))

    assert (pixels.min(), pixels.max()) == (0, 255)


def test_a_broken_image_is_refused_with_a_reason() -> None:
    with pytest.raises(Invalid, match="decoded"):
        pictures.decode(jpeg(Image.new("RGB", (400, 400), "red"))[:700])


def test_a_thumbnail_fits_into_256_pixels() -> None:
    small = JpegThumbnails().read(JpegThumbnails().make(np.zeros((300, 900, 3), np.uint8)))

    assert small.shape == (85, 256, 3)


def sample(name: str) -> bytes:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    with open(path, "rb") as file:
        return file.read()


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("CT_small.dcm", (128, 128, 3)),
        ("MR_small_bigendian.dcm", (64, 64, 3)),
        ("examples_rgb_color.dcm", (240, 320, 3)),
    ],
)
def test_uncompressed_dicom_slices_become_pictures(name: str, shape: tuple[int, int, int]) -> None:
    pixels = volumes.dicom_slice(sample(name), 0)

    assert (pixels.shape, pixels.min() < pixels.max()) == (shape, True)


def test_compressed_dicom_says_why_it_has_no_picture() -> None:
    with pytest.raises(volumes.Unread, match="compressed"):
        volumes.dicom_slice(sample("JPEG2000.dcm"), 0)


def test_a_nifti_slice_is_the_volumes_plane(tmp_path: Any) -> None:
    import nibabel

    volume = np.zeros((5, 4, 3), np.int16)
    volume[0, 0, 1] = 1000
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / "v.nii.gz")

    pixels = volumes.nifti_slice((tmp_path / "v.nii.gz").read_bytes(), 1)

    assert (pixels.shape, int(pixels[3, 0, 0])) == ((4, 5, 3), 255)


def test_a_cut_nifti_file_is_refused() -> None:
    with pytest.raises(Invalid):
        volumes.nifti_slice(b"\x1f\x8b broken", 0)
