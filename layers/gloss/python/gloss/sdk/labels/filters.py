"""What the SDK asks a list of label rows for, and what that means here."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from gloss.domain.errors import Fault, Invalid
from gloss.domain.formats.label_row_reading import moment
from gloss.domain.model import DataId, Timestamp
from gloss.domain.workflow.label_rows import MAIN, BranchName
from gloss.domain.workflow.standing import AnnotationTaskStatus, LabelStatus
from gloss.sdk.operations import Payload
from gloss.services.enumerating import Matches, RowFilter, Wanted

Uuid = Annotated[str, StringConstraints(to_lower=True)]
ShadowState = Literal["ALL_DATA", "SHADOW_DATA", "NOT_SHADOW_DATA"]
SHADOWS: Final[Mapping[ShadowState | None, bool | None]] = {
    None: None,
    "ALL_DATA": None,
    "SHADOW_DATA": True,
    "NOT_SHADOW_DATA": False,
}
MOST_NAMED: Final = 100_000
LONGEST_PATTERN: Final = 1_000


class ListPayload(Payload):
    """The list's filters and what else is to be told of each row."""

    data_hashes: Annotated[tuple[Uuid, ...], Field(max_length=MOST_NAMED)] | None = None
    label_hashes: Annotated[tuple[Uuid, ...], Field(max_length=MOST_NAMED)] | None = None
    label_statuses: tuple[str, ...] | None = None
    edited_before: str | None = None
    edited_after: str | None = None
    data_title_eq: str | None = None
    data_title_like: str | None = None
    workflow_graph_node_title_eq: str | None = None
    workflow_graph_node_title_like: str | None = None
    shadow_data_state: ShadowState | None = None
    branch_name: BranchName | None = None
    include_all_label_branches: bool | None = None
    include_uninitialised_labels: bool | None = None
    include_client_metadata: bool | None = None
    client_metadata_as_signed_url: bool | None = None
    include_images_data: bool | None = None
    include_workflow_graph_node: bool | None = True
    include_children: bool | None = None


def wanted(payload: ListPayload) -> Wanted:
    """Which rows the payload asks for; raises Invalid for a time or status that is none."""
    if payload.branch_name is not None and payload.include_all_label_branches:
        reason = "is not to be given with include_all_label_branches"
        raise Invalid("Ask for one branch or for all of them.", [Fault("branch_name", reason)])
    return Wanted(
        rows=RowFilter(
            data_ids=None if payload.data_hashes is None else tuple(map(DataId, payload.data_hashes)),
            row_ids=payload.label_hashes,
            statuses=_statuses(payload.label_statuses),
            edited_before=_moment("edited_before", payload.edited_before),
            edited_after=_moment("edited_after", payload.edited_after),
            branch=None if payload.include_all_label_branches else payload.branch_name or MAIN,
            only_made=payload.include_uninitialised_labels is False,
            benchmarks=SHADOWS[payload.shadow_data_state],
        ),
        titled=_titles(payload.data_title_eq, payload.data_title_like),
        staged=_titles(payload.workflow_graph_node_title_eq, payload.workflow_graph_node_title_like),
        with_members=bool(payload.include_images_data),
    )


def like(pattern: str) -> Matches:
    r"""Whether a text is LIKE a pattern as SQL has it: % is any text, _ any one character, \ takes the next literally.

    Upper and lower case count as the same, as they do in the lists of this product. What stands between two % is taken
    where it comes first and never looked for anew, or a pattern of many % would keep us busy without end.
    Raises Invalid for a pattern that is longer than any title.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Invalid(f"A pattern has at most {LONGEST_PATTERN} characters.")
    first, *others = _between_percents(pattern)
    inner = "".join(f"(?>.*?{each})" for each in others[:-1])
    expression = re.compile("".join([first, inner, *(f".*{each}" for each in others[-1:])]), re.DOTALL | re.IGNORECASE)
    return lambda text: expression.fullmatch(text) is not None


def _between_percents(pattern: str) -> list[str]:
    parts = [""]
    for sign in re.findall(r"\\.|.", pattern, re.DOTALL):
        if sign == "%":
            parts.append("")
        else:
            parts[-1] += "." if sign == "_" else re.escape(sign[1:] or sign)
    return parts


def _titles(exact: str | None, pattern: str | None) -> Matches:
    alike = like(pattern) if pattern is not None else None
    return lambda title: (exact is None or title == exact) and (alike is None or alike(title))


def _statuses(names: tuple[str, ...] | None) -> frozenset[LabelStatus | AnnotationTaskStatus] | None:
    """Of both kinds of status, which share no word."""
    if names is None:
        return None
    known: dict[str, Any] = {status.value: status for kind in (LabelStatus, AnnotationTaskStatus) for status in kind}
    strange = [Fault("label_statuses", f"{name} is no status") for name in names if name not in known]
    if strange:
        raise Invalid("A status is not known.", strange)
    return frozenset(known[name] for name in names)


def _moment(path: str, text: str | None) -> Timestamp | None:
    if text is None:
        return None
    try:
        return moment(text)
    except (TypeError, ValueError):
        raise Invalid("A time cannot be read.", [Fault(path, f"{text} is no ISO 8601 time")]) from None
