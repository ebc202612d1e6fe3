"""Doorways of cloud integrations."""

from typing import Literal

from gloss import edge, wiring
from gloss.domain.integration import Integration
from gloss.domain.model import IntegrationId, OrgId, Timestamp, UserId, Value
from gloss.kinds.register import INTEGRATIONS
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import finding, integrating
from gloss.services.integrating import NewIntegration, Trial, Tried

router = edge.router()


class IntegrationView(Value):
    """An integration; `external_id` goes into the trust policy of the role."""

    id: IntegrationId
    org_id: OrgId
    title: str
    provider: Literal["aws"]
    default_location: str | None
    role_arn: str | None
    external_id: str
    created_by: UserId
    created_at: Timestamp
    version: int

    @classmethod
    def of(cls, integration: Integration) -> "IntegrationView":
        return cls.model_validate(dict(integration))


class TrialView(Value):
    """What came of a trial, check by check."""

    ok: bool
    checks: list[Tried]

    @classmethod
    def of(cls, checks: list[Tried]) -> "TrialView":
        return cls(ok=all(check.ok for check in checks), checks=checks)


@router.post("/v1/integrations")
def make_integration(body: NewIntegration) -> IntegrationView:
    return IntegrationView.of(integrating.make(body, edge.caller(), wiring.ports()))


@router.get("/v1/integrations")
def list_integrations(limit: Limit = 100, token: Token = None) -> Listing[IntegrationView]:
    page = finding.visible("integration", INTEGRATIONS, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[IntegrationView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/integrations/<integration_id>")
def get_integration(integration_id: str) -> IntegrationView:
    return IntegrationView.of(integrating.integration(integration_id, wiring.store()))


@router.post("/v1/integrations/<integration_id>/test")
def try_integration(integration_id: str, body: Trial) -> TrialView:
    return TrialView.of(integrating.attempt(integration_id, body, wiring.media, wiring.store()))
