"""A damaged file is a refusal with a reason, never a crash: each probe against thousands of broken copies."""

import logging
import random
import warnings
from collections.abc import Callable, Iterator

import pytest

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes import dicom, image, nifti, pdf, streams
from gloss.probes.ranged import Ranges
from tests.builders_media import a_dicom_file, a_pdf, a_sound, a_video, an_image, nibabel_files, ranged

FORMS = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF")
DICOM = ("CT_small.dcm", "MR_small.dcm", "examples_ybr_color.dcm", "image_dfl.dcm", "ExplVR_BigEnd.dcm")
FILES: list[tuple[Callable[[Ranges], Facts], list[bytes]]] = [
    (image.probe, [an_image(form) for form in FORMS]),
    (dicom.probe, [a_dicom_file(name) for name in DICOM]),
    (nifti.probe, [path.read_bytes() for path in nibabel_files()]),
    (pdf.probe, [a_pdf(2), a_pdf(1, "secret")]),
    (streams.probe_video, [a_video(5), a_video(5, movflags="faststart")]),
    (streams.probe_audio, [a_sound(0.05)]),
]


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """The libraries warn of what is broken; that is not what is tested."""
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, most of them near the beginning, and often the end cut off."""
    changed = bytearray(body)
    for _ in range(chance.choice([0, 1, 3, 20])):
        changed[chance.randrange(min(len(changed), chance.choice([64, 2000, 10**9])))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed)) if chance.random() < 0.4 else None])


@pytest.mark.parametrize(("probe", "bodies"), FILES, ids=lambda it: getattr(it, "__module__", ""))
def test_a_damaged_file_is_read_or_refused(probe: Callable[[Ranges], Facts], bodies: list[bytes]) -> None:
    chance = random.Random(7)

    said = [outcome(probe, damaged(chance.choice(bodies), chance)) for _ in range(400)]

    assert all("s3://bucket/file" in reason for reason in said if reason)


def outcome(probe: Callable[[Ranges], Facts], body: bytes) -> str:
    """The reason of the refusal; empty when the facts were read."""
    try:
        probe(ranged(body))
    except Invalid as refused:
        return refused.message
    return ""
