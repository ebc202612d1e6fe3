"""Links to the files of items in documents of labels."""

from typing import Any

from gloss.adapters.memory import MemoryStore
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.errors import Conflict
from gloss.domain.integration import Integration
from gloss.services.signing import Signing
from tests.builders_workflow import an_item

URL = "s3://bkt/0.png"


def media_of(_integration: Integration | None) -> Any:
    return MemoryMedia({URL: b"png"})


def locked(_integration: Integration | None) -> Any:
    raise Conflict("The integration has no secret yet.")


def test_a_file_whose_integration_is_gone_is_not_signed_by_us() -> None:
    link = Signing(MemoryStore(), media_of)

    assert link(an_item(url=URL, integration_id="gone")) == URL
    assert link(an_item(url=URL, integration_id=None)) != URL


def test_a_file_that_nobody_can_sign_is_told_plainly() -> None:
    assert Signing(MemoryStore(), locked)(an_item(url=URL, integration_id=None)) == URL
