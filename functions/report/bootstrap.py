"""Founds an organisation with its first Admin; may be invoked with AWS credentials only, it has no route."""

from gloss import edge, wiring
from gloss.services.founding import Founded, Founding, found_organisation


@edge.state
def handler(founding: Founding) -> Founded:
    return found_organisation(founding, wiring.ports())
