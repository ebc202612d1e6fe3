"""The whole walk: every step in order, the table at the end, a reason when it fails."""

import json
import time
from contextlib import closing
from pathlib import Path

from infra.bootstrap import ROOT, installed
from infra.local.demo import exploring, exporting, labelling, registering, setting_up
from infra.local.demo.board import Board
from infra.local.demo.client import Client, Refused
from infra.local.demo.receiver import Receiver
from infra.local.demo.walk import Walk
from infra.local.home import Home

SAMPLES = ROOT / ".local" / "samples"


def run(home: Home, begun: float) -> int:
    """Walk through the main job on a running instance; returns the exit code. `begun` is when the command started."""
    board = Board()
    board.record(0, "Local cloud up and deployed", time.monotonic() - begun, {"url": home.url})
    try:
        with Receiver() as hook, closing(a_walk(home, board, hook)) as walk:
            take(walk)
    except (Refused, AssertionError, TimeoutError) as failed:
        board.console.print(f"[bold red]The demo stopped after {len(board.done)} steps:[/] {failed}", soft_wrap=True)
        return 1
    finally:
        steps = home.folder / "demo.json"
        board.write(steps, {"Steps": str(steps), "Exports": str(home.folder / "demo")})
    spent = time.monotonic() - begun
    board.console.print(f"Done in {spent:.0f} s. Gloss still answers at {home.url}; `make down` stops it.")
    return 0


def a_walk(home: Home, board: Board, hook: Receiver) -> Walk:
    """A walk that has not begun."""
    gloss = json.loads(home.described.read_text())
    return Walk(gloss, site_of_samples(), home, board, Client(gloss["url"], gloss["bearer"]), hook)


def take(walk: Walk) -> None:
    """Every step of the main job."""
    registering.put_media(walk)
    registering.register(walk)
    setting_up.set_up(walk)
    setting_up.add_webhooks(walk)
    labelling.prelabel(walk)
    labelling.steer(walk)
    submitted = labelling.annotate(walk)
    approved = labelling.review(walk)
    labelling.repair(walk)
    setting_up.await_webhooks(walk, submitted + 1, approved + 1)
    exploring.explore(walk)
    exporting.export(walk)


def site_of_samples() -> Path:
    """Where the sample packages are installed; installs them the first time."""
    installed(SAMPLES, "samples")
    return next(SAMPLES.glob("lib/python*/site-packages"))
