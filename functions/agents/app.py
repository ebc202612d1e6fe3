"""The agents room: which tasks wait for code, and sending one along a pathway."""

from gloss import edge, wiring
from gloss.domain.model import ProjectId, StageId, TaskId
from gloss.paging import Limit, Listing, Token
from gloss.services import prelabelling
from gloss.services.claiming import StagePath
from gloss.services.prelabelling import AgentTask, Proceeding
from gloss.services.queueing import Turn

app = edge.app("agents")


@app.get("/v1/projects/<project_id>/agent-stages/<stage_id>/tasks")
def list_waiting(
    project_id: ProjectId, stage_id: StageId, limit: Limit = 100, token: Token = None
) -> Listing[AgentTask]:
    path, turn = StagePath(project_id=project_id, stage_id=stage_id), Turn(limit=limit, token=token)
    page = prelabelling.waiting(path, turn, edge.caller(), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@app.post("/v1/projects/<project_id>/agent-stages/<stage_id>/tasks/<task_id>/proceed")
def proceed(project_id: ProjectId, stage_id: StageId, task_id: TaskId, body: Proceeding) -> AgentTask:
    path = StagePath(project_id=project_id, stage_id=stage_id)
    return prelabelling.proceed(path, task_id, body, edge.caller(), wiring.ports())


handler = edge.handler(app)
