"""Doorways of time at work: by day, and summed by person."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from functions.report.views import PeriodView, TimerView
from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.paging import Limit, Listing, Token
from gloss.services import summing, timekeeping
from gloss.services.queueing import Turn
from gloss.services.situating import project_of
from gloss.services.summing import GroupBy
from gloss.services.timekeeping import TimeAsked

router = edge.router()

ByDataUnit = Annotated[GroupBy, FromQuery()]


@router.get("/v1/projects/<project_id>/analytics/time-spent")
def list_time_spent(
    project_id: ProjectId, asked: Annotated[TimeAsked, FromQuery()], limit: Limit = 100, token: Token = None
) -> Listing[PeriodView]:
    """Time at each task by day; Admins and Team Managers see everybody's, others their own."""
    store = wiring.store()
    wanted = asked.within(edge.caller(), wiring.clock().now())
    page = timekeeping.periods(project_of(project_id, store), wanted, Turn(limit=limit, token=token), store)
    return Listing(entries=[PeriodView.of(it) for it in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>/analytics/timers")
def list_timers(
    project_id: ProjectId,
    asked: Annotated[TimeAsked, FromQuery()],
    by: ByDataUnit = "data_unit",
    limit: Limit = 100,
    token: Token = None,
) -> Listing[TimerView]:
    """Time by person, or by person and data unit with averages per label; whose, as in the list by day."""
    store = wiring.store()
    wanted = asked.within(edge.caller(), wiring.clock().now())
    page = summing.timers(project_of(project_id, store), wanted, by, Turn(limit=limit, token=token), store)
    tasks = summing.labelled(page.entries, store)
    views = [TimerView.of(it, tasks.get(it.task_id) if it.task_id else None) for it in page.entries]
    return Listing(entries=views, next_token=page.next_token)
