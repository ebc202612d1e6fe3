"""Doorways of time at work and of the log for the public SDK."""

from typing import Any

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.sdk.wire import Results
from gloss.sdk.workflow import logs, times
from gloss.sdk.workflow.logs import LogAsking
from gloss.sdk.workflow.times import TimeAsking, TimersAsking

router = edge.router()


@router.get("/v2/public/analytics/time-spent")
def list_time_spent() -> Results[dict[str, Any]]:
    asked = TimeAsking.read(router.current_event.resolved_query_string_parameters)
    return times.spent(asked, edge.caller(), wiring.ports())


@router.get("/v2/public/analytics/collaborators/timers")
def list_timers() -> Results[dict[str, Any]]:
    asked = TimersAsking.read(router.current_event.resolved_query_string_parameters)
    return times.timers(asked, edge.caller(), wiring.ports())


@router.get("/v2/public/projects/<project_id>/editor-logs")
def list_editor_logs(project_id: ProjectId) -> Results[dict[str, Any]]:
    asked = LogAsking.read(router.current_event.resolved_query_string_parameters)
    return logs.entries(project_id, asked, wiring.ports())
