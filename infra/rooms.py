"""Every function of Gloss, once: where it lies, what it imports, how large it is and what it may touch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CODE: Final = ("gloss", "runtime")
START: Final = "start:"
STORED: Final = ("records", "objects")


@dataclass(frozen=True)
class Handler:
    """One function: `functions/<room>/<module>.py`, the layers beside our own code, and grants of `infra.grants`."""

    room: str
    module: str = "app"
    layers: tuple[str, ...] = ()
    memory_mb: int = 512
    timeout_s: int = 29
    grants: tuple[str, ...] = ("records",)
    scratch_mb: int = 512
    at_once: int | None = None

    @property
    def name(self) -> str:
        return f"{self.room}-{self.module}".replace("_", "-")

    @property
    def state(self) -> str:
        """The name that the state of this module bears in its machine."""
        return "".join(word.capitalize() for word in self.module.split("_"))

    @property
    def every_layer(self) -> tuple[str, ...]:
        return (*CODE, *self.layers)

    @property
    def starts(self) -> list[str]:
        """The machines that the function may start."""
        return [grant.removeprefix(START) for grant in self.grants if grant.startswith(START)]


DOORWAYS: Final = (
    Handler("report", grants=STORED),
    Handler(
        "register",
        layers=("clouds",),
        grants=(
            *("records", "objects", "uploads", "media", "vault", "timetable"),
            *("start:registration", "start:folder_sync"),
        ),
        memory_mb=1024,
    ),
    Handler("catalog", grants=("records", "objects", "start:bulk")),
    # An uploaded label row of 32 MiB takes some 700 MB while it is checked and saved.
    Handler("workflow", layers=("numbers",), grants=("records", "objects", "webhooks", "scores"), memory_mb=1769),
    Handler("agents", grants=STORED),
    Handler("bulk", grants=("records", "objects", "start:bulk")),
    Handler("import_stages", grants=("records", "objects", "start:active_import")),
    Handler("export", grants=("records", "objects", "start:export")),
    Handler(
        "sdk",
        layers=("numbers", "clouds"),
        grants=(
            *("records", "objects", "uploads", "media", "timetable"),
            *("start:registration", "start:folder_sync", "start:bulk", "start:active_import", "start:late_answer"),
        ),
        memory_mb=1769,
    ),
    Handler("poll", grants=STORED, memory_mb=256, at_once=100),
    Handler("explore", "app", ("explorer",), 3008, 29, ("records", "objects", "words", "start:bulk"), 4096),
)

MACHINES: Final[dict[str, tuple[Handler, ...]]] = {
    "registration": (
        Handler("register", "plan", grants=STORED, timeout_s=900, memory_mb=1024),
        Handler("register", "probe", ("video", "medical"), 1769, 900, (*STORED, "media")),
        Handler("register", "segment", ("imaging", "video", "clouds"), 1769, 900, (*STORED, "media"), 4096),
        Handler("register", "render", ("imaging", "video", "clouds"), 1769, 900, (*STORED, "media"), 10_240),
        Handler("register", "finish", grants=STORED, timeout_s=600),
        Handler("register", "abandon", grants=STORED, timeout_s=120),
    ),
    "folder_sync": (
        Handler("register", "begin", grants=("records", "timetable"), timeout_s=60),
        Handler("register", "scan", ("clouds",), grants=(*STORED, "media"), timeout_s=900, memory_mb=1024),
        Handler("register", "mirror", ("video", "medical"), 1769, 900, (*STORED, "media")),
        Handler("register", "attach", ("clouds",), grants=(*STORED, "media"), timeout_s=900, memory_mb=1024),
        Handler("register", "sweep", ("clouds",), grants=(*STORED, "media"), timeout_s=900, memory_mb=1024),
        Handler("register", "conclude", timeout_s=120),
        Handler("register", "give_up", timeout_s=120),
    ),
    "task_transition": (
        Handler("workflow", "match"),
        Handler("workflow", "attempt", grants=("records", "webhooks"), timeout_s=60),
        Handler("workflow", "park", grants=("records", "webhooks"), timeout_s=30),
    ),
    "bulk": (
        Handler("bulk", "plan", grants=STORED, timeout_s=900, memory_mb=1024),
        # Some 500 000 labels of a long row take most of this memory; nothing is kept on disk.
        Handler("bulk", "apply", ("numbers",), 1769, 900, STORED),
        Handler("bulk", "close", grants=STORED, timeout_s=120),
    ),
    "late_answer": (
        Handler("sdk", "write", ("numbers", "clouds"), 1769, 900, (*STORED, "media")),
        Handler("sdk", "excuse", timeout_s=60),
    ),
    "export": (
        Handler("export", "plan", grants=STORED, timeout_s=900, memory_mb=1024),
        Handler("export", "render", ("numbers", "clouds"), 2048, 900, (*STORED, "media")),
        Handler("export", "number", ("numbers",), 1024, 300, STORED),
        Handler("export", "bundle", ("numbers",), 1024, 900, STORED),
        Handler("export", "finish", ("numbers",), 512, 120, STORED),
    ),
    "active_import": (
        Handler("import_stages", "plan", ("numbers",), 1024, 900, STORED),
        Handler("import_stages", "sample", ("imaging", "video", "medical"), 3008, 900, (*STORED, "media"), 4096),
        Handler("import_stages", "gather", ("numbers",), 2048, 900, STORED),
        Handler("import_stages", "measure", ("numbers",), 3008, 900, STORED),
        Handler("import_stages", "embed", ("numbers", "embedding"), 3008, 900, STORED),
        Handler("import_stages", "relate", ("reduction",), 3008, 900, STORED, 2048),
        Handler("import_stages", "close", ("explorer",), 3008, 900, STORED, 4096),
    ),
}

FIRE: Final = Handler("relay", "fire", grants=("records", "strays", "start:task_transition"), timeout_s=60)
FOLD: Final = Handler(
    "relay", "fold", grants=("records", "objects", "strays", "webhooks", "scores", "start:bulk"), timeout_s=60
)
REDELIVER: Final = Handler("relay", "redeliver", grants=("records", "webhooks"), timeout_s=120)
SCORE: Final = Handler("relay", "score", layers=("numbers",), grants=STORED, timeout_s=300, memory_mb=1769)
HEED: Final = Handler("relay", "heed", layers=("numbers",), timeout_s=60)
HEEDED: Final = ("registration", "folder_sync", "export", "bulk", "late_answer")
VECTORISE: Final = Handler("explore", "vectorise", ("numbers", "embedding"), 1769, 25, ())
FOUNDING: Final = Handler("report", "bootstrap")


def every() -> Iterator[Handler]:
    """All of them."""
    yield from DOORWAYS
    for states in MACHINES.values():
        yield from states
    yield from (FIRE, FOLD, REDELIVER, SCORE, HEED, VECTORISE, FOUNDING)


def layers() -> set[str]:
    """Every layer that some function is composed of."""
    return {name for handler in every() for name in handler.every_layer}
