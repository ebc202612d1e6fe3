"""A project's staged import: what it was asked, which stage it is in, its batches and how far they are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from gloss.domain.capabilities import Stage
from gloss.domain.errors import Conflict
from gloss.domain.model import (
    ImportId,
    OrgId,
    ProjectId,
    Share,
    Timestamp,
    UserId,
    Value,
    Versioned,
)

DEFAULT_RATE = 1.0
DEFAULT_TOLERANCE = 0.05
BATCHES_A_ROUND = 200

ThroughStage = Annotated[Stage, Field(ge=Stage.DATA, le=Stage.ADVANCED)]


class Status(StrEnum):
    """How an import stands."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    ERROR = "ERROR"


class Import(Versioned):
    """One run through the stages; `sampling_rate` is frames a second of video (None: every frame).

    `run` counts the starts of its machine; `closed` is the last closed one; `batches` counts each planned stage's;
    `schema_version` is the metadata schema's when it began.
    """

    id: ImportId
    project_id: ProjectId
    org_id: OrgId
    requested_by: UserId
    sampling_rate: float | None = DEFAULT_RATE
    through: ThroughStage = Stage.ADVANCED
    tolerance: Share = DEFAULT_TOLERANCE
    status: Status = Status.RUNNING
    reason: str = ""
    closed: Stage = Stage.NONE
    run: int = 1
    schema_version: int | None = None
    batches: Mapping[Stage, int] = Field(default_factory=dict)
    began_at: Timestamp
    stage_began_at: Timestamp
    ended_at: Timestamp | None = None

    @property
    def current(self) -> Stage:
        """The stage that is being worked on, or the last one when all is done."""
        return Stage(min(self.closed + 1, self.through))

    def plan(self, stage: Stage, batches: int) -> "Import":
        """The import with a stage whose batches are all written down."""
        return self.changed(batches={**self.batches, stage: batches})

    @property
    def machine_run(self) -> str:
        """The name of the machine's run: one for each start or resumption."""
        return f"{self.id}-{self.run}"

    def close(self, stage: Stage, now: datetime) -> "Import":
        """The import with `stage` closed; DONE after the last stage it was asked for."""
        done = stage >= self.through
        status, ended = (Status.DONE, now) if done else (Status.RUNNING, None)
        return self.changed(closed=stage, stage_began_at=now, status=status, ended_at=ended)

    def fail(self, reason: str, now: datetime) -> "Import":
        """The import stopped where it is, with the reason."""
        return self.changed(status=Status.ERROR, reason=reason, ended_at=now)

    def resume(self, now: datetime) -> "Import":
        """The import going on at the stage and batch where it stopped; raises Conflict when nothing is left to do."""
        if self.status is Status.DONE:
            raise Conflict("The import is complete, so there is nothing to resume.")
        return self.changed(status=Status.RUNNING, reason="", run=self.run + 1, ended_at=None, stage_began_at=now)


class Explored(Versioned):
    """What a project's explorer shows: the import whose index is open, the stage that it has closed, and the moment
    from which on changes of tasks must be laid over the index."""

    project_id: ProjectId
    import_id: ImportId
    closed: Stage
    index: str
    rows: int
    since: Timestamp

    def replaced(self, other: "Explored") -> "Explored":
        """The next version: the other's index, unless that would close stages that are open."""
        fresher = other.import_id == self.import_id or other.closed >= self.closed
        return self.changed(**{**dict(other), "version": self.version}) if fresher else self


class Failure(Value):
    """One reason for which frames failed or have no pixels, how many there are, and one of them by name."""

    reason: str
    count: int
    example: str


class Batch(Value):
    """One batch of one stage: a fact of its own, so no counter is shared; a re-run writes the same record again."""

    import_id: ImportId
    stage: Stage
    number: int
    planned: int
    done: int = 0
    failed: int = 0
    failures: tuple[Failure, ...] = ()
    without_pixels: tuple[Failure, ...] = ()
    finished_at: Timestamp | None = None


def tally(reasons: Iterable[tuple[str, str]]) -> tuple[Failure, ...]:
    """Reasons and names as failures, the most frequent first."""
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for reason, name in reasons:
        found.setdefault(reason, name)
        counts[reason] += 1
    return tuple(Failure(reason=reason, count=count, example=found[reason]) for reason, count in counts.most_common())


def verdict(batches: Sequence[Batch], tolerance: float) -> str:
    """Why a stage must fail, or nothing: more than the tolerated share of its frames failed."""
    failed, total = sum(it.failed for it in batches), sum(it.done + it.failed for it in batches)
    if failed <= tolerance * total:
        return ""
    worst = max((failure for it in batches for failure in it.failures), key=lambda failure: failure.count)
    return f"{failed} of {total} frames failed, more than {tolerance:.0%}; most often: {worst.reason} ({worst.example})"


class StageProgress(Value):
    """How far one stage is: batches and frames, frames a second, and the seconds that it will still take."""

    stage: Stage
    name: str
    status: str
    batches_pending: int = 0
    batches_done: int = 0
    frames_pending: int = 0
    frames_done: int = 0
    frames_failed: int = 0
    frames_per_second: float | None = None
    seconds_left: float | None = None
    failures: tuple[Failure, ...] = ()
    without_pixels: tuple[Failure, ...] = ()


def progress(it: Import, batches: Mapping[Stage, Sequence[Batch]], now: datetime) -> tuple[StageProgress, ...]:
    """The progress of every stage that the import was asked for, in order."""
    return tuple(_progress(it, Stage(stage), batches.get(Stage(stage), ()), now) for stage in range(1, it.through + 1))


def _parted(batches: Sequence[Batch]) -> tuple[list[Batch], list[Batch]]:
    """Those that are through, and those that are not."""
    shut = [batch for batch in batches if batch.finished_at is not None]
    return shut, [batch for batch in batches if batch.finished_at is None]


def _progress(it: Import, stage: Stage, batches: Sequence[Batch], now: datetime) -> StageProgress:
    shut, open_ = _parted(batches)
    done, pending = sum(batch.done for batch in shut), sum(batch.planned for batch in open_)
    rate = _rate(it, done, now) if stage == it.current and it.status is Status.RUNNING else None
    return StageProgress(
        stage=stage,
        name=stage.name.lower(),
        status=_standing(it, stage),
        batches_pending=len(open_),
        batches_done=len(shut),
        frames_pending=pending,
        frames_done=done,
        frames_failed=sum(batch.failed for batch in shut),
        frames_per_second=rate,
        seconds_left=round(pending / rate, 1) if rate else None,
        failures=_summed(failure for batch in shut for failure in batch.failures),
        without_pixels=_summed(failure for batch in shut for failure in batch.without_pixels),
    )


def _standing(it: Import, stage: Stage) -> str:
    if stage <= it.closed:
        return "DONE"
    if stage > it.current:
        return "PENDING"
    return it.status.value


def _rate(it: Import, done: int, now: datetime) -> float | None:
    seconds = (now - it.stage_began_at).total_seconds()
    return round(done / seconds, 3) if done and seconds > 0 else None


def _summed(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for failure in failures:
        counts[failure.reason] += failure.count
        examples.setdefault(failure.reason, failure.example)
    return tuple(
        Failure(reason=reason, count=count, example=examples[reason]) for reason, count in counts.most_common()
    )


class NewImport(Value):
    """What an import is asked for: frames a second of video (null or "none": every frame), and how far it goes."""

    video_sampling_rate: Annotated[float, Field(ge=0, le=1000)] | Literal["none"] | None = DEFAULT_RATE
    through_stage: ThroughStage = Stage.ADVANCED
    tolerated_failures: Share = DEFAULT_TOLERANCE

    @property
    def rate(self) -> float | None:
        """Frames a second; None: every frame."""
        return None if self.video_sampling_rate in (None, "none") else float(self.video_sampling_rate or 0)
