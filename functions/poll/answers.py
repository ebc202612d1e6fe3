"""Doorway where the legacy client waits for an answer that a run makes."""

from aws_lambda_powertools.event_handler import Response

from gloss import edge, holding, late, wiring
from gloss.sdk.registration.calls import LONGEST_HOLD_S

router = edge.router()


@router.get("/v2/public/answers/<token>")
def await_answer(token: str) -> Response[str]:
    return late.fetched(token, holding.patience(LONGEST_HOLD_S), wiring.ports())
