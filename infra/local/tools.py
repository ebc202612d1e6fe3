"""Programs of the development environment, run one after the other until one fails."""

import os
import subprocess
import sys
from pathlib import Path

from infra.bootstrap import ROOT
from infra.local.cloud import QUIET


def run(program: str, *arguments: str) -> None:
    """Run it here, under its own eyes; a failure ends this process with the same code."""
    places = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", "")]
    environment = os.environ | QUIET | {"PATH": os.pathsep.join(places)}
    print(f"$ {program} {' '.join(arguments)}", file=sys.stderr, flush=True)
    done = subprocess.run([program, *arguments], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
