"""An object that is written as it comes is the same whole in memory and in S3, and S3 gets it in large parts."""

from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws

from gloss.adapters.memory import MemoryBlobs
from gloss.adapters.s3blobs import LEAST_PART, S3Blobs
from gloss.domain.errors import NotFound
from gloss.ports import Blobs
from gloss.services.rationing import Overlong
from tests import aws

MIB = 2**20


@pytest.fixture(params=["memory", "s3"])
def blobs(request: pytest.FixtureRequest) -> Iterator[Blobs]:
    if request.param == "memory":
        yield MemoryBlobs()
        return
    with mock_aws():
        client = aws.client("s3", "us-east-1")
        client.create_bucket(Bucket="own")
        yield S3Blobs(client, "own")


@pytest.mark.parametrize("pieces", [0, 1, 5, 12])
def test_what_is_written_in_pieces_is_read_whole(blobs: Blobs, pieces: int) -> None:
    chunks = [bytes([number]) * MIB for number in range(pieces)]

    size = blobs.write("tmp/x", iter(chunks), "application/json")

    assert size == pieces * MIB
    assert blobs.get("tmp/x") == b"".join(chunks)


def test_each_part_is_sent_before_more_is_taken() -> None:
    taken, at_each_part = 0, list[int]()

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(24):
            taken += MIB
            yield b"x" * MIB

    with mock_aws():
        client = aws.client("s3", "us-east-1")
        client.create_bucket(Bucket="own")
        client.meta.events.register("before-call.s3.UploadPart", lambda **_: at_each_part.append(taken))
        S3Blobs(client, "own").write("tmp/x", chunks(), "application/json")

    assert LEAST_PART == 5 * MIB
    assert at_each_part == [5 * MIB, 10 * MIB, 15 * MIB, 20 * MIB, 24 * MIB]


def test_of_chunks_that_break_off_no_part_stays() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x" * (11 * MIB)
        raise Overlong

    with mock_aws():
        client = aws.client("s3", "us-east-1")
        client.create_bucket(Bucket="own")
        with pytest.raises(Overlong):
            S3Blobs(client, "own").write("tmp/x", chunks(), "application/json")

        assert "Uploads" not in client.list_multipart_uploads(Bucket="own")


def test_an_object_is_read_from_any_byte_of_it(blobs: Blobs) -> None:
    blobs.put("tmp/x", b"0123456789" * MIB)

    assert blobs.size("tmp/x") == 10 * MIB
    assert b"".join(blobs.open("tmp/x", 10 * MIB - 3)) == b"789"
    assert blobs.part("tmp/x", 3, 4) == b"3456"
    assert blobs.part("tmp/x", 10 * MIB - 2, 9) == b"89"


def test_an_etag_is_another_for_other_bytes(blobs: Blobs) -> None:
    tags = []
    for body in (b"first", b"other", b"first"):
        blobs.put("tmp/x", body)
        tags.append(blobs.etag("tmp/x"))

    assert tags[0] == tags[2] != tags[1]


@pytest.mark.parametrize(
    "read",
    [lambda it: it.etag("no"), lambda it: it.size("no"), lambda it: it.part("no", 0, 1), lambda it: it.open("no", 1)],
)
def test_what_is_not_there_is_not_found(blobs: Blobs, read: Callable[[Blobs], object]) -> None:
    with pytest.raises(NotFound):
        read(blobs)
