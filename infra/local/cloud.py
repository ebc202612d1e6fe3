"""The stack in the local cloud: bootstrapped, deployed when anything that it is made of changed, and its outputs."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from infra import layers, rooms
from infra.bootstrap import LOCKS, ROOT
from infra.local.home import REGION, STAGE, Home, read

ACCOUNT: Final = "000000000000"
LOOPBACK: Final = "127.0.0.1,localhost"
STACK: Final = f"gloss-{STAGE}"
MADE_OF: Final = ("infra", "functions", "statemachines", "layers")
UNTOUCHED_BY: Final = ("local", "__pycache__")
QUIET: Final = {
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}


def client(home: Home, service: str) -> Any:
    """A boto3 client of this instance."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return session.client(service, endpoint_url=home.endpoint)  # type: ignore[call-overload]


def deploy(home: Home) -> Mapping[str, str]:
    """The stack's outputs, after a deployment if there is anything new to deploy."""
    wanted = fingerprint()
    for name in rooms.layers():
        layers.archive(name, layers.LOCAL)
    kept = read(home.deployed)
    if kept.get("fingerprint") == wanted and _stands(home, STACK):
        return dict(kept["outputs"])
    if not _stands(home, "CDKToolkit"):
        cdk(home, "bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=home.folder)
    outputs = home.folder / "outputs.json"
    cdk(home, "deploy", STACK, "--require-approval=never", "--outputs-file", str(outputs), *switches())
    found = {name: str(value) for name, value in json.loads(outputs.read_text())[STACK].items()}
    home.deployed.write_text(json.dumps({"fingerprint": wanted, "outputs": found}))
    return found


def cdk(home: Home, *arguments: str, folder: Path = ROOT) -> None:
    """The CDK command line against this instance; what it says goes to a log, and is shown when it fails."""
    log = home.path("log") / "cdk.log"
    output = ["--output", str(home.folder / "cdk.out"), "--no-version-reporting", "--no-notices", "--ci"]
    command = [str(ROOT / "node_modules" / ".bin" / "cdk"), *arguments, *output]
    with log.open("w") as writing:
        done = subprocess.run(command, cwd=folder, env=variables(home), stdout=writing, stderr=writing, check=False)
    if done.returncode:
        print("\n".join(log.read_text().splitlines()[-40:]), file=sys.stderr)
        raise SystemExit(f"`cdk {arguments[0]}` failed; all it said is in {log}.")


def switches() -> Sequence[str]:
    """How the local deployment differs: its name, the interpreter of its layers, receivers on loopback."""
    given = {"stage": STAGE, "layers": "local", "webhook-allow": LOOPBACK, "media-allow": LOOPBACK}
    return [part for name, value in given.items() for part in ("-c", f"{name}={value}")]


def variables(home: Home) -> dict[str, str]:
    """The environment of the CDK: no credentials but the emulator's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    inherited["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", "")])
    return inherited | QUIET | home.credentials() | {"CDK_DEFAULT_ACCOUNT": ACCOUNT, "CDK_DEFAULT_REGION": REGION}


def fingerprint() -> str:
    """Of every file that the deployment is made of, and of the interpreter."""
    made_of = hashlib.sha256(sys.version.encode())
    for path in sorted(_files()):
        made_of.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return made_of.hexdigest()


def _files() -> Iterator[Path]:
    yield from (ROOT / "cdk.json", ROOT / "package-lock.json", LOCKS / "dev.txt", LOCKS / "emulator.txt")
    for folder in MADE_OF:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not set(UNTOUCHED_BY) & set(path.relative_to(ROOT / folder).parts):
                yield path


def _stands(home: Home, stack: str) -> bool:
    try:
        found = client(home, "cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as absent:
        if absent.response["Error"]["Code"] != "ValidationError":
            raise
        return False
    return bool(found[0]["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"})
