"""The list of the SDK's methods and the stories that show them agree with each other and with what is left out."""

from gloss.sdk.left_out import LEFT_OUT
from infra import sdk_methods
from infra.sdk_methods import listed, stories

#: Methods that no story shows yet; the list may only become shorter.
AWAITED = frozenset(
    {
        "Project.get_data",
        "StorageItem.parent_folder",
    }
)
ASKED = {f"{name}.{method}" for name, it in listed().items() for method in it.asks}
REFUSED = {f"{name}.{method}" for name, it in listed().items() for method in it.left_out}


def test_a_story_shows_only_methods_that_are_listed() -> None:
    shown = set(sdk_methods.shown_by())

    assert shown - ASKED - REFUSED == set()


def test_a_story_calls_each_method_that_it_shows() -> None:
    claims = [(story, name.rpartition(".")[2]) for story in stories() for name in story.shows]

    silent = {(story.name, method) for story, method in claims if method not in {*story.looks_up, "__call__"}}

    assert silent == set()


def test_each_method_that_is_left_out_belongs_to_a_part() -> None:
    parts = {part for it in listed().values() for part in it.left_out.values()}

    assert parts <= set(LEFT_OUT)
    assert ASKED.isdisjoint(REFUSED)


def test_every_method_is_shown_or_left_out_or_awaited() -> None:
    assert ASKED - set(sdk_methods.shown_by()) <= AWAITED
