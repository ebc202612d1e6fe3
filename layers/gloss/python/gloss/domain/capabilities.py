"""Which stage of a project's import opens which capability: the one table that every door asks."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from gloss.domain.errors import StageLocked


class Stage(IntEnum):
    """The five stages of a staged import, in their order; 0 stands for "none closed yet"."""

    NONE = 0
    DATA = 1
    LABELS = 2
    METRICS = 3
    EMBEDDINGS = 4
    ADVANCED = 5


class Capability(StrEnum):
    """Something a person may do with a project's frames once the right stage has closed."""

    VIEW_FRAMES = "view_frames"
    FILTER_BY_METADATA = "filter_by_metadata"
    FILTER_BY_WORKFLOW = "filter_by_workflow"
    COLLECT = "collect"
    SEND_PRIORITIES = "send_priorities"
    SORT_AT_RANDOM = "sort_at_random"
    VIEW_LABELS = "view_labels"
    FILTER_BY_CLASS = "filter_by_class"
    REOPEN_TASKS = "reopen_tasks"
    CLASSIFY_IN_BULK = "classify_in_bulk"
    FILTER_BY_METRIC = "filter_by_metric"
    OVERVIEW = "overview"
    SEARCH_SIMILAR = "search_similar"
    SEARCH_BY_TEXT = "search_by_text"
    SORT_BY_ANYTHING = "sort_by_anything"
    VIEW_MAP = "view_map"
    FILTER_BY_MAP = "filter_by_map"
    ADVANCED_METRICS = "advanced_metrics"
    ANALYTICS = "analytics"
    EVALUATE_MODELS = "evaluate_models"


OPENED_BY: Mapping[Capability, Stage] = {
    Capability.VIEW_FRAMES: Stage.DATA,
    Capability.FILTER_BY_METADATA: Stage.DATA,
    Capability.FILTER_BY_WORKFLOW: Stage.DATA,
    Capability.COLLECT: Stage.DATA,
    Capability.SEND_PRIORITIES: Stage.DATA,
    Capability.SORT_AT_RANDOM: Stage.DATA,
    Capability.VIEW_LABELS: Stage.LABELS,
    Capability.FILTER_BY_CLASS: Stage.LABELS,
    Capability.REOPEN_TASKS: Stage.LABELS,
    Capability.CLASSIFY_IN_BULK: Stage.LABELS,
    Capability.FILTER_BY_METRIC: Stage.METRICS,
    Capability.OVERVIEW: Stage.METRICS,
    Capability.SEARCH_SIMILAR: Stage.EMBEDDINGS,
    Capability.SEARCH_BY_TEXT: Stage.EMBEDDINGS,
    Capability.SORT_BY_ANYTHING: Stage.EMBEDDINGS,
    Capability.VIEW_MAP: Stage.ADVANCED,
    Capability.FILTER_BY_MAP: Stage.ADVANCED,
    Capability.ADVANCED_METRICS: Stage.ADVANCED,
    Capability.ANALYTICS: Stage.ADVANCED,
    Capability.EVALUATE_MODELS: Stage.ADVANCED,
}


def opened(closed: Stage) -> tuple[Capability, ...]:
    """Everything that is possible once `closed` has closed, in the table's order."""
    return tuple(capability for capability, stage in OPENED_BY.items() if stage <= closed)


def demand(capability: Capability, closed: Stage) -> None:
    """Raises StageLocked, naming the needed stage, while the capability is not open yet."""
    needed = OPENED_BY[capability]
    if closed < needed:
        raise StageLocked(
            f"{capability.value} needs stage {needed.value} ({needed.name.lower()}); "
            f"the import has closed stage {closed.value}",
            required_stage=needed.value,
            current_stage=closed.value,
        )
