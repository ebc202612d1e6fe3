"""What the demo shows while it runs, and the table and demo.json that it leaves."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

Counts = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A step that was taken: which step of the main job, its name, its seconds, what it counted."""

    step: int
    name: str
    seconds: float
    counts: Counts


@dataclass
class Board:
    """Collects the steps and prints them."""

    console: Console = field(default_factory=Console)
    done: list[Done] = field(default_factory=list)

    @contextmanager
    def step(self, number: int, name: str) -> Iterator[Counts]:
        """Time a step; what is put into the yielded dict are its counts."""
        counts: Counts = {}
        self.console.print(f"[bold]{number}[/] {name} …")
        begun = time.monotonic()
        yield counts
        self.record(number, name, time.monotonic() - begun, counts)

    def record(self, number: int, name: str, seconds: float, counts: Counts) -> None:
        """Keep a step that was taken."""
        self.done.append(Done(number, name, round(seconds, 2), counts))

    def follow(self, what: str, shares: Iterator[tuple[int, int, float | None]]) -> None:
        """A progress bar over (done, total, seconds left) until they end."""
        columns = (
            TextColumn("    {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
        )
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task(what, total=None, left="")
            for finished, total, left in shares:
                said = "" if left is None else f"{left:.0f} s left"
                bar.update(task, completed=finished, total=total or None, left=said)

    def table(self) -> Table:
        """All steps as a table."""
        table = Table("step", "what happened", "seconds", "counts", title="The main job")
        for done in self.done:
            table.add_row(str(done.step), done.name, f"{done.seconds:.2f}", _said(done.counts))
        return table

    def write(self, path: Path, lies: Mapping[str, str]) -> None:
        """Print the table and where the results lie; write the same as JSON."""
        self.console.print(self.table())
        for name, place in lies.items():
            self.console.print(f"[bold]{name}[/]: {place}", soft_wrap=True)
        path.write_text(json.dumps([asdict(done) for done in self.done], indent=2) + "\n")


def _said(counts: Counts) -> str:
    return ", ".join(f"{name} {value}" for name, value in counts.items())
