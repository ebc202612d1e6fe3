"""People who label a data group agree as far as they do in each of its spaces."""

from gloss.domain.agreement.scores import score
from gloss.domain.labels import LabelBody
from tests.builders_labels import Json, a_car, a_scene
from tests.builders_spaces import a_group_body


def on(**spaces: Json) -> LabelBody:
    return a_group_body({"spaces": {name: {"objects": [each]} for name, each in spaces.items()}})


def test_the_same_box_in_another_space_is_another_label() -> None:
    assert score(on(image=a_car()), on(image=a_car(id="car00002"))) == 1.0
    assert score(on(image=a_car()), on(pdf=a_car())) == 0.0


def test_every_space_counts() -> None:
    both, one = on(image=a_car(), pdf=a_car()), on(image=a_car(id="car00009"))

    assert (score(both, one), score(one, both)) == (0.5, 0.5)


def test_the_same_answer_about_another_space_is_another() -> None:
    film, text = (
        {"spaces": {at: {"classifications": [a_scene(ranges=r)]}}} for at, r in (("video", [[0, 1]]), ("text", []))
    )

    assert score(a_group_body(film), a_group_body(text)) == 0.0
