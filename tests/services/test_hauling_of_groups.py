"""Labels in the spaces of a data group that come as a stream are the labels that are checked whole."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import MemoryBlobs
from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.formats import label_row
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.labels import AnyBody, LongLabels
from gloss.domain.labels.appearing import Author
from gloss.domain.labels.cutting import Terms
from gloss.domain.workflow.labelled import labelled
from tests import builders_hauls
from tests.builders_formats import NINE
from tests.builders_labels import a_box, a_car, a_scene
from tests.builders_spaces import a_canvas, a_group_row, a_structure, everywhere

STRUCTURE, ROW, ANN = a_structure(), a_group_row(), Author("ann@acme.io", NINE)
SMALL = Terms(STRUCTURE, a_canvas(), ANN, range_bytes=100)
WHOLE = labels.stamped(labels.parse(everywhere(), STRUCTURE, a_canvas()), *ANN)


def hauled(body: Any, step: int = 10**6) -> LongLabels:
    return builders_hauls.hauled(json.dumps(body).encode(), SMALL, MemoryBlobs(), step_bytes=step, run_bytes=step)


def coco(body: AnyBody) -> bytes:
    return b"".join(map(b"".join, CocoWriter(STRUCTURE).lines(body, ROW)))


@given(as_sent=st.booleans(), step=st.integers(1, 6_000))
@settings(deadline=None, max_examples=60)
def test_a_hauled_group_is_written_as_the_group_checked_whole(as_sent: bool, step: int) -> None:
    sent = json.loads(label_row.write(WHOLE, STRUCTURE, ROW)) if as_sent else everywhere()

    found = hauled(sent, step)

    assert label_row.write(found, STRUCTURE, ROW) == label_row.write(WHOLE, STRUCTURE, ROW)
    assert coco(found) == coco(WHOLE)
    assert labels.missing(found, STRUCTURE) == labels.missing(WHOLE, STRUCTURE)
    assert labels.summary(found).by_feature == labels.summary(WHOLE).by_feature
    assert not [it for part in found.whole_parts() for it in labels.faults(part, STRUCTURE, a_canvas())]


def test_a_thing_in_several_spaces_has_one_review_that_an_edit_in_one_of_them_changes() -> None:
    edited = everywhere()
    edited["spaces"]["video"]["objects"][0]["frames"]["9"]["geometry"]["x"] = 0.25

    before, after = ({it.label_id: it.digest for it in labelled(hauled(each))} for each in (everywhere(), edited))

    assert list(before) == [it.label_id for it in labelled(WHOLE)]
    assert {name for name in before if before[name] != after[name]} == {"car00001"}


def a_blue_car() -> dict[str, Any]:
    return a_car(answers=[{"feature": "colourco", "answer": ["otheroth"]}])


@pytest.mark.parametrize(
    "body",
    [
        {"spaces": {"elsewhere": {"objects": [a_car()]}}},
        {"spaces": {"elsewhere": {}}},
        {"objects": [a_car()]},
        {"spaces": {"audio": {"objects": [a_car()]}}},
        {"spaces": {"video": {"objects": [a_car(frames={"10": {"geometry": a_box()}})]}}},
        {"spaces": {"image": {"objects": [a_car(), a_car()]}}},
        {"spaces": {"image": {"objects": [a_car()]}, "video": {"objects": [a_blue_car()]}}},
        {"spaces": {"text": {"classifications": [a_scene()]}}},
        {"classifications": [a_scene(ranges=[])], "spaces": {"text": {"classifications": [a_scene(ranges=[])]}}},
        {"spaces": {"image": {"objects": [a_car(id="short")]}}},
        {"spaces": {"image": {"objects": [a_car(wheels=4)]}}},
        {"spaces": {"image": {"things": []}}},
    ],
)
def test_what_does_not_fit_in_a_space_is_named_as_in_any_save(body: Any) -> None:
    with pytest.raises(Invalid) as whole:
        labels.parse(body, STRUCTURE, a_canvas())
    with pytest.raises(Invalid) as refused:
        hauled(body)

    assert refused.value.faults == whole.value.faults
