"""Doorways of cloud integrations."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from gloss import edge, wiring
from gloss.domain.integration import Integration, Status
from gloss.domain.model import IntegrationId, OrgId, Timestamp, UserId, Value
from gloss.kinds.register import INTEGRATIONS
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import finding, integrating, trying
from gloss.services.integrating import ChangedIntegration, NewIntegration
from gloss.services.trying import Trial, Tried

router = edge.router()


class IntegrationView(Value):
    """An integration; `external_id` goes into the trust policy of a role, and of a secret only the kind is shown."""

    id: IntegrationId
    org_id: OrgId
    title: str
    provider: str
    default_location: str | None
    role_arn: str | None = None
    account: str | None = None
    region: str | None = None
    endpoint: str | None = None
    origin: str | None = None
    external_id: str
    secret_kind: str | None
    status: Status
    created_by: UserId
    created_at: Timestamp
    version: int

    @classmethod
    def of(cls, integration: Integration) -> "IntegrationView":
        shown = {name: value for name, value in integration if name in cls.model_fields}
        return cls.model_validate({**shown, **dict(integration.access)})


class Removed(Value):
    """What is gone, and its secret with it."""

    id: IntegrationId


class TrialView(Value):
    """What came of a trial, check by check."""

    ok: bool
    checks: list[Tried]

    @classmethod
    def of(cls, checks: list[Tried]) -> "TrialView":
        return cls(ok=all(check.ok for check in checks), checks=checks)


@router.post("/v1/integrations")
def make_integration(body: Annotated[NewIntegration, Body()]) -> IntegrationView:
    return IntegrationView.of(integrating.make(body, edge.caller(), wiring.custody()))


@router.get("/v1/integrations")
def list_integrations(limit: Limit = 100, token: Token = None) -> Listing[IntegrationView]:
    page = finding.visible("integration", INTEGRATIONS, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[IntegrationView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/integrations/<integration_id>")
def get_integration(integration_id: str) -> IntegrationView:
    return IntegrationView.of(integrating.integration(integration_id, wiring.store()))


@router.patch("/v1/integrations/<integration_id>")
def change_integration(integration_id: str, body: ChangedIntegration) -> IntegrationView:
    return IntegrationView.of(integrating.change(integration_id, body, wiring.custody()))


@router.delete("/v1/integrations/<integration_id>")
def remove_integration(integration_id: str) -> Removed:
    integrating.remove(integration_id, wiring.custody())
    return Removed(id=IntegrationId(integration_id))


@router.post("/v1/integrations/<integration_id>/test")
def try_integration(integration_id: str, body: Trial) -> TrialView:
    return TrialView.of(trying.attempt(integration_id, body, wiring.media, wiring.store()))
