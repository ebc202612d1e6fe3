"""The comparison of a sync: a listing beside what a folder holds, as rows come from the cloud and from the table."""

from collections.abc import Iterator

from bench.measuring import Comparison, Measure, per_core_second
from bench.memory import python
from gloss.domain.linking import Link, Sidecars
from gloss.domain.model import FolderId, IntegrationId
from gloss.domain.syncing import Finding, Seen, Tracked, entry_of, merged, synced_item_id

KEYS = 50_000
MANY = 500_000
PREFIX = "s3://acme-raw/drone/"
LINK = Link(integration_id=IntegrationId("i"), url=PREFIX, sidecars=Sidecars())
PROGRAM = """
from bench.syncs import *
{way}(MANY)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def comparisons() -> Iterator[Comparison]:
    """Keys of which one in a thousand changed; memory in mebibytes, imports included."""
    yield Comparison(
        "sync: keys compared",
        "keys/core s",
        per_core_second(KEYS, lambda: compared(KEYS)),
        {"both sides in dicts": per_core_second(KEYS, lambda: held(KEYS))},
    )
    yield Comparison(
        f"sync of {MANY:,} keys, greatest memory",
        "MiB",
        peak("compared"),
        {"both sides in dicts": peak("held")},
        better="less",
        bar=256,
        repeats=1,
    )


def compared(count: int) -> int:
    """How many keys of two streams are to be dealt with."""
    found = (entry_of(pair, LINK).finding for pair in merged(listing(count), holding(count)))
    return sum(finding is not Finding.SAME for finding in found)


def held(count: int) -> int:
    """The same with both sides in memory."""
    seen, tracked = {it.key: it for it in listing(count)}, {it.key: it for it in holding(count)}
    return sum(key not in tracked or not tracked[key].shows(it.etag, it.size_bytes) for key, it in seen.items())


def listing(count: int) -> Iterator[Seen]:
    for number in range(count):
        key = f"{number:08}.jpg"
        etag = f"{number * (2 if number % 1000 == 0 else 1):032x}"
        yield Seen(key=key, url=PREFIX + key, size_bytes=number, etag=etag)


def holding(count: int) -> Iterator[Tracked]:
    """As the table gives them: JSON text."""
    item = synced_item_id("f", "k")
    for number in range(count):
        made = Tracked.model_construct(
            folder_id=FolderId("f"), key=f"{number:08}.jpg", etag=f"{number:032x}", size_bytes=number, item_id=item
        )
        yield Tracked.model_validate_json(made.model_dump_json())


def peak(way: str) -> Measure:
    """What a fresh process held at its greatest, as Linux counts it."""
    return lambda: int(python(PROGRAM.format(way=way))) / 1024
