"""Programs of the development environment, each to its end: one under the user's eyes, others beside it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from infra.bootstrap import ROOT
from infra.local.cloud import QUIET

Command = Sequence[str]


def run(program: str, *arguments: str) -> None:
    """Run it here, under its own eyes; a failure ends this process with the same code."""
    together([program, *arguments])


def together(first: Command, *others: Command) -> None:
    """Run them at once; what the others say is shown when the first has ended.

    None is stopped because another fails; then the code of one that failed ends this process.
    """
    with ExitStack() as words:
        aside = [(other, words.enter_context(tempfile.TemporaryFile())) for other in others]
        begun = [(_begun(other, heard, " (shown at the end)"), other, heard) for other, heard in aside]
        codes = [_begun(first, None).wait(), *(_told(*each) for each in begun)]
    if any(codes):
        raise SystemExit(next(filter(None, codes)))


def _begun(command: Command, words: IO[bytes] | None, note: str = "") -> subprocess.Popen[bytes]:
    places = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", "")]
    environment = os.environ | QUIET | {"PATH": os.pathsep.join(places)}
    _say(command, note)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=words, stderr=words)


def _told(process: subprocess.Popen[bytes], command: Command, words: IO[bytes]) -> int:
    code = process.wait()
    _say(command)
    words.seek(0)
    sys.stdout.write(words.read().decode(errors="replace"))
    sys.stdout.flush()
    return code


def _say(command: Command, note: str = "") -> None:
    print(f"$ {' '.join(command)}{note}", file=sys.stderr, flush=True)
