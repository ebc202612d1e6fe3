"""The main job, walked through on the local cloud as the demo walks it."""

from contextlib import closing

from rich.console import Console

from infra.local.demo import run
from infra.local.demo.board import Board
from infra.local.demo.receiver import Receiver
from infra.local.home import Home


def test_the_main_job_runs_from_media_to_export_over_http(home: Home) -> None:
    board = Board(console=Console(quiet=True))
    with Receiver() as hook, closing(run.a_walk(home, board, hook)) as walk:
        run.take(walk)

    told = {done.name: done.counts for done in board.done}
    assert {done.step for done in board.done} == set(range(1, 9))
    assert told["All other media registered by JSON"]["error"] == 1
    assert told["Webhooks delivered, signed, once each"]["distinct uids"] == 65
    assert told["Active import through five stages"]["capabilities"] == 20
    assert told["Exported as JSON, with a label version"]["label rows"] == 33
