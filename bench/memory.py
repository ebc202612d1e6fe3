"""Greatest memory of a process that reads a manifest of 100 MB; nothing heavy may be imported here."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Comparison, Measure

LEAST_BYTES = 100 * 10**6
ROWS_A_TIME = 50_000
READERS = {
    "ours": "exhausted(JsonManifest(iter(lambda: file.read(2**20), b'')).rows())",
    "json": "whole_json(file.read())",
    "orjson": "orjson.loads(file.read())",
}
PROGRAM = """
from bench.manifests import *
with open({path!r}, "rb") as file:
    held = {reader}
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
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
            bar=512,
            repeats=2,
        )


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
