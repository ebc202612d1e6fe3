"""Doorways of time at work for the public SDK."""

from typing import Any

from gloss import edge, wiring
from gloss.sdk.wire import Results
from gloss.sdk.workflow import times
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
