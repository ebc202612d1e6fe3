"""Amazon's DynamoDB Local, in memory: got with Maven, and run only if every jar is the one that is locked here."""

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3

from tests.peers import free_port, installed, running

HERE: Final = Path(__file__).parent / "java"
LOCK: Final = HERE / "jars.sha256"
COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies"
JAVA_AT_LEAST: Final = 17
#: Short runs are over before the second compiler pays, and there are other tests that want the cores.
LIGHT: Final = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def lacking() -> str:
    """What this machine lacks to run it; empty when nothing is."""
    absent = [name for name in ("javac", "mvn") if shutil.which(name) is None]
    if absent:
        return f"DynamoDB Local needs a JDK {JAVA_AT_LEAST} and Maven: there is no {' and no '.join(absent)} here"
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return f"DynamoDB Local's SQLite is for x86-64; this is {platform.machine()}"
    return "" if _java() >= JAVA_AT_LEAST else f"DynamoDB Local needs a JDK {JAVA_AT_LEAST}; here is {_java()}"


@contextmanager
def dynamodb_local() -> Iterator[Any]:
    """A client of a server without tables."""
    folder, port = installed(LOCK, _install), free_port()
    java = ["java", *LIGHT, f"-Djava.library.path={folder}/lib", "-cp", f"{folder}/lib/*"]
    with running([*java, str(HERE / "Loopback.java"), str(port)], port):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        yield boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=f"http://127.0.0.1:{port}", **keys)


def _java() -> int:
    told = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=True)
    return int((told.stdout or told.stderr).split()[1].partition(".")[0])


def _install(folder: Path) -> None:
    shutil.rmtree(folder / "lib", ignore_errors=True)
    shutil.copy(HERE / "pom.xml", folder)
    command = ["mvn", "-q", "-B", COPY, "-DoutputDirectory=lib"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    strange = _locked() ^ {(_digest(file), file.name) for file in (folder / "lib").iterdir()}
    if strange:
        raise RuntimeError(f"Not what is locked: {', '.join(sorted({name for _, name in strange}))}.")


def _locked() -> set[tuple[str, str]]:
    lines = (line.split() for line in LOCK.read_text().splitlines())
    return {(digest, name) for digest, name in lines}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
