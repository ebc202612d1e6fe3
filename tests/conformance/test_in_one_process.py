"""The suite of the public SDK in one process, where every call is counted."""

import os
import subprocess
import sys

from infra.bootstrap import ROOT


def test_the_suite_passes_and_no_call_about_one_thing_asks_the_table_too_often() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "layers/gloss/python"), str(ROOT)])}
    command = [sys.executable, "-m", "tests.sdk.loopback"]

    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
