"""Labels of a time series: stretches and answers with ranges, and nothing that is drawn."""

import pytest

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.labels import Canvas, LabelBody
from gloss.domain.media import MediaKind
from tests.builders_labels import Json, a_car, a_scene
from tests.builders_spaces import a_sound, a_structure, a_while, a_word


def parsed(*objects: Json, scenes: tuple[Json, ...] = ()) -> LabelBody:
    raw = {"objects": list(objects), "classifications": list(scenes)}
    return labels.parse(raw, a_structure(), Canvas(kind=MediaKind.TIME_SERIES))


def test_stretches_and_answers_about_them_are_kept() -> None:
    body = parsed(a_while(), scenes=(a_scene(ranges=[[0, 100_000_000]]),))

    assert body.objects[0].ranges == ((0, 40), (60, 90))
    assert body.classifications[0].ranges == ((0, 100_000_000),)


@pytest.mark.parametrize("label", [a_car(), a_sound(), a_word()])
def test_other_shapes_are_refused_by_their_place(label: Json) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(a_while(), label)

    (fault,) = refused.value.faults
    assert (fault.path, "not for a time series" in fault.reason) == ("objects[1].feature", True)


@pytest.mark.parametrize("ranges", [[], [[5, 2]], [[-1, 2]], [[0, 1_714_557_600_000]]])
def test_impossible_stretches_are_refused(ranges: list[list[int]]) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(a_while(ranges=ranges))

    assert refused.value.faults[0].path.startswith("objects[0].ranges")
