"""What is generated is what is committed."""

from pathlib import Path

import pytest

from infra import documents

PAGES = documents.pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_generated_page_is_up_to_date(page: Path) -> None:
    assert page.read_text() == PAGES[page], "run `make docs` and commit what it writes"


def test_every_event_model_is_described() -> None:
    described = (documents.ROOT / "docs/events.md").read_text()

    assert all(f"## `{model.model_fields['kind'].default}`" in described for model in documents.event_models())
