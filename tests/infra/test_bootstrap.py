"""What a machine lacks comes from the locked lists."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.bootstrap import NODE_AT_LEAST, ROOT

PREPARE = "import json; from infra import bootstrap; print(json.dumps(str(bootstrap.node())))"


def test_a_machine_without_node_gets_one_from_the_python_index(tmp_path: Path) -> None:
    bare = {**os.environ, "PATH": str(tmp_path)}

    told = subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=bare, capture_output=True, check=True)
    node = Path(json.loads(told.stdout.splitlines()[-1])) / "node"

    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    assert ROOT in node.parents
    assert int(version[1:].split(".")[0]) >= NODE_AT_LEAST
