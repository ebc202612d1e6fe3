"""Greatest memory of a process that reads 100 MB or plans 1 GB; nothing heavy may be imported here."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Comparison, Measure

LEAST_BYTES = 100 * 10**6
ROWS_A_TIME = 50_000
READERS = {
    "ours": "planned(ManifestFormat.JSON, iter(lambda: file.read(2**20), b''))",
    "json": "json_and_pydantic(file.read())",
    "orjson": "orjson.loads(file.read())",
}
PROGRAM = """
from bench.manifests import *
with open({path!r}, "rb") as file:
    held = {reader}
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


LARGEST_ROWS = 1_000_000
LARGEST = """
import time
from bench.manifests import *
from bench.memory import largest
begun = time.process_time()
assert planned(ManifestFormat.{form}, largest("{form}")) > 10**9
spent = time.process_time() - begun
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), spent)
"""


def comparisons() -> Iterator[Comparison]:
    """In mebibytes, imports included."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        python(f"from bench.memory import fill; fill({str(path)!r})")
        yield Comparison(
            "manifest JSON of 100 MB, greatest memory",
            "MiB",
            peak(path, "ours"),
            {"json + pydantic each": peak(path, "json"), "orjson, unchecked": peak(path, "orjson")},
            better="less",
            bar=256,
            repeats=2,
        )
    for form in ("JSON", "NDJSON"):
        yield Comparison(
            f"manifest {form} of 1 GB in a million rows, planned, greatest memory",
            "MiB",
            lambda form=form: int(python(LARGEST.format(form=form)).split()[0]) / 1024,
            better="less",
            bar=256,
            repeats=1,
        )
        yield Comparison(
            f"manifest {form} of 1 GB in a million rows, planned",
            "s of one core",
            lambda form=form: float(python(LARGEST.format(form=form)).split()[1]),
            better="less",
            bar=900,
            repeats=1,
        )


def largest(form: str) -> Iterator[bytes]:
    """A million rows of 1 GB, made as they are asked for; part after part, the same rows under other names."""
    from bench.manifests import lines

    rows = 10_000
    part = lines(rows).replace(b'"wet":true', b'"wet":true,"note":"%b"' % (b"n" * 800))
    if form == "NDJSON":
        yield from (part for _ in range(LARGEST_ROWS // rows))
        return
    part = part.replace(b'"kind":"image",', b"").replace(b"\n", b",\n")
    yield b'{"images": ['
    yield from (part for _ in range(LARGEST_ROWS // rows - 1))
    yield part.rstrip(b",\n") + b"]}"


def fill(path: str) -> None:
    """Images until the file is large enough."""
    from bench.manifests import a_json_manifest

    part = a_json_manifest(ROWS_A_TIME)[len(b'{"images":[') : -len(b"]}")]
    parts = b",".join([part] * (LEAST_BYTES // len(part) + 1))
    Path(path).write_bytes(b'{"images":[' + parts + b"]}")


def peak(path: Path, reader: str) -> Measure:
    """What a fresh process held at its greatest, as Linux counts it."""
    program = PROGRAM.format(path=str(path), reader=READERS[reader])
    return lambda: int(python(program)) / 1024


def python(program: str) -> str:
    """What a program of its own process prints."""
    return subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True).stdout
