"""Programs that run side by side all come to their end, and none of them fails unheard."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.tools import together


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_runs_beside_the_first_is_shown_after_it(capfd: Any) -> None:
    together(python("print('first')"), python("print('second')"), python("import sys; print('third', file=sys.stderr)"))

    assert capfd.readouterr().out.split() == ["first", "second", "third"]


@pytest.mark.parametrize(("first", "other", "code"), [(0, 3, 3), (2, 0, 2), (2, 3, 2)])
def test_a_failure_of_any_ends_the_command_after_all_have_ended(capfd: Any, first: int, other: int, code: int) -> None:
    with pytest.raises(SystemExit) as ended:
        together(python(f"exit({first})"), python(f"print('heard'); exit({other})"))

    assert (ended.value.code, capfd.readouterr().out.strip()) == (code, "heard")


def test_programs_run_at_the_same_time(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    # Whoever opens one end of a pipe waits for the other end.
    together(python(f"open({str(pipe)!r}).read()"), python(f"open({str(pipe)!r}, 'w').write('met')"))
