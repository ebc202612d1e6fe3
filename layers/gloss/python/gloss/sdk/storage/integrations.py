"""Cloud integrations for the public SDK: those that one may use, by title or id."""

from gloss.domain.access import Caller
from gloss.domain.integration import Integration
from gloss.kinds.register import INTEGRATIONS
from gloss.ports import Page, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.wire import Wire
from gloss.services import finding


class IntegrationsAsking(Asking):
    """Which integrations."""

    filter_integration_uuids: tuple[str, ...] = ()
    filter_integration_titles: tuple[str, ...] = ()

    def fits(self, integration: Integration) -> bool:
        """Whether it is one of those."""
        wanted = {each.lower() for each in self.filter_integration_uuids}
        titles = self.filter_integration_titles
        return (not wanted or integration.id in wanted) and (not titles or integration.title in titles)


class IntegrationDto(Wire):
    """An integration as the SDK reads it."""

    integration_uuid: str
    title: str


class IntegrationsDto(Wire):
    """All of them at once; this list has no pages."""

    result: list[IntegrationDto]


def listed(asking: IntegrationsAsking, caller: Caller, store: Store) -> IntegrationsDto:
    """The integrations that the caller may use."""
    found, token = list[IntegrationDto](), None
    while True:
        page: Page[Integration] = finding.visible(
            "integration", INTEGRATIONS, caller, Query(limit=1000, after=token), store
        )
        found += [IntegrationDto(integration_uuid=it.id, title=it.title) for it in page.entries if asking.fits(it)]
        token = page.next_token
        if token is None:
            return IntegrationsDto(result=found)
