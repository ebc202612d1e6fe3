"""One comparison: our way beside its peers, in turns, as least, median and greatest."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

Json = dict[str, Any]
Measure = Callable[[], float]
REPEATS = 5


@dataclass(frozen=True)
class Comparison:
    """A figure of ours, and the same figure of each peer; `better` says which way is up, `bar` where we want to be."""

    name: str
    unit: str
    ours: Measure
    peers: Mapping[str, Measure] = field(default_factory=dict)
    better: Literal["more", "less"] = "more"
    bar: float | None = None
    repeats: int = REPEATS


@dataclass(frozen=True)
class Skipped:
    """A comparison that cannot be made here, and why."""

    name: str
    reason: str


def measured(comparison: Comparison) -> Json:
    """All in turns, so that what else the machine does meets all alike; a ratio is taken within one turn."""
    gc.collect()
    gc.freeze()  # what stands ready for the measurement is no part of it
    ways = {"ours": comparison.ours, **comparison.peers}
    turns = [{name: way() for name, way in ways.items()} for _ in range(comparison.repeats)]
    gc.unfreeze()
    return {
        "name": comparison.name,
        "unit": comparison.unit,
        "better": comparison.better,
        "bar": comparison.bar,
        "figures": {name: spread([turn[name] for turn in turns]) for name in ways},
        "ratios": {name: spread([turn["ours"] / turn[name] for turn in turns]) for name in comparison.peers},
    }


def spread(figures: list[float]) -> Json:
    """Least, median and greatest."""
    return {"min": min(figures), "median": median(figures), "max": max(figures)}


def per_second(count: int, work: Callable[[], object]) -> Measure:
    """So many of them in one call of `work`."""
    return lambda: count / seconds(work)


def per_core_second(count: int, work: Callable[[], object]) -> Measure:
    """So many of them in one call of `work`, by the processor time that it took: what one core does alone."""
    return lambda: count / core_seconds(work)


def per_cpu_second(count: int, work: Callable[[], object]) -> Measure:
    """The same by the processor's time, for work on one core: what else the machine does counts for less."""

    def measure() -> float:
        begun = time.process_time()
        work()
        return count / (time.process_time() - begun)

    return measure


def milliseconds(work: Callable[[], object], times: int = 1) -> Measure:
    """Of one call, out of so many."""
    return lambda: seconds(lambda: [work() for _ in range(times)]) * 1000 / times


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def core_seconds(work: Callable[[], object]) -> float:
    """How much processor time one call takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
