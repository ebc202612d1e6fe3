"""What the SDK asks of branches, and of many rows' classifications."""

from collections.abc import Iterator

from pydantic_core import to_json

from gloss.domain.access import Caller
from gloss.domain.formats import label_row
from gloss.domain.model import ProjectId
from gloss.domain.workflow.label_rows import MAIN
from gloss.ports import Ports, Query
from gloss.sdk.labels.shapes import BranchDto, ClassificationsPayload, Copied, CopyPayload, ValidationState
from gloss.sdk.wire import Results
from gloss.services import branching, keeping, saving, vetting
from gloss.services.branching import Copying
from gloss.services.locating import Outlook


def names(project_id: ProjectId, query: Query, caller: Caller, ports: Ports) -> Results[BranchDto]:
    """A page of branches; `main` comes first."""
    page = branching.branches(Outlook.of(project_id, caller, ports), query, ports.store)
    first = [BranchDto(name=MAIN)] if query.after is None else []
    return Results(results=first + [BranchDto(name=it.name) for it in page.entries], next_page_token=page.next_token)


def copy(project_id: ProjectId, payload: CopyPayload, caller: Caller, ports: Ports) -> Copied:
    """Copy label rows to another branch."""
    wanted = Copying(source=payload.source_branch_name, target=payload.target_branch_name, overwrite=payload.overwrite)
    outlook = Outlook.of(project_id, caller, ports)
    return Copied(copied_count=branching.copy(payload.label_uuids, wanted, outlook, ports))


def classifications(
    project_id: ProjectId, payload: ClassificationsPayload, caller: Caller, ports: Ports
) -> Iterator[bytes]:
    """The classifications of label rows, one row after the other."""
    outlook = Outlook.of(project_id, caller, ports)
    rows = branching.rows_of(payload.label_uuids, payload.branch_name, outlook, ports.store)
    structure, before = saving.structure_of(outlook, ports.store), b'{"labels":['
    for row, body in keeping.bodies(rows, ports.blobs):
        entry = {
            "labelUuid": row.id,
            "dataUuid": row.task.data_id,
            "dataTitle": row.task.title,
            "branchName": row.branch,
            "classificationAnswers": label_row.classification_answers(body, structure),
        }
        yield before + to_json(entry)
        before = b","
    yield b"]}"


def validation(project_id: ProjectId, label_id: str, caller: Caller, ports: Ports) -> ValidationState:
    """Whether a label row is valid."""
    return ValidationState.of(vetting.vet(label_id.lower(), Outlook.of(project_id, caller, ports), ports))
