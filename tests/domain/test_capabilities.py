"""Every capability is refused before its stage has closed and allowed from then on."""

import pytest

from gloss.domain.capabilities import OPENED_BY, Capability, Stage, demand, opened
from gloss.domain.errors import StageLocked


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_opens_with_its_stage(capability: Capability) -> None:
    demand(capability, OPENED_BY[capability])


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_is_locked_one_stage_earlier(capability: Capability) -> None:
    with pytest.raises(StageLocked) as refusal:
        demand(capability, Stage(OPENED_BY[capability] - 1))

    assert refusal.value.required_stage == OPENED_BY[capability]


def test_nothing_is_open_before_the_first_stage() -> None:
    assert opened(Stage.NONE) == ()


def test_everything_is_open_after_the_last_stage() -> None:
    assert set(opened(Stage.ADVANCED)) == set(Capability)
