"""A listing beside what a folder holds: every key once, whatever the pages, and the same end from any crash."""

from collections.abc import Iterable, Mapping
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.errors import Upstream
from gloss.domain.linking import Link, Sidecars, ending_of, kind_of
from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, IntegrationId, ItemId
from gloss.domain.syncing import WORK, Finding, Pair, Seen, Tracked, entry_of, file_of, merged, synced_item_id

PREFIX = "s3://bkt/"
LINK = Link(integration_id=IntegrationId("i"), url=PREFIX, sidecars=Sidecars())
names = st.text(alphabet="ab./é𐐷", min_size=1, max_size=6)
states = st.dictionaries(names, st.sampled_from(["1", "2", "3"]), max_size=12)


def seen(name: str, etag: str = "1", size: int = 5) -> Seen:
    return Seen(key=name, url=PREFIX + name, size_bytes=size, etag=etag)


def tracked(name: str, etag: str = "1", item: str | None = "item") -> Tracked:
    item_id = None if item is None else ItemId(item)
    return Tracked(folder_id=FolderId("f"), key=name, etag=etag, size_bytes=5, item_id=item_id)


def listing(state: Mapping[str, str], after: str = "") -> Iterable[Seen]:
    return (seen(name, state[name]) for name in sorted(state, key=str.encode) if name > after)


def holding(state: Mapping[str, str], after: str = "") -> Iterable[Tracked]:
    return (tracked(name, state[name]) for name in sorted(state, key=str.encode) if name > after)


@given(states, states)
def test_every_key_of_either_side_comes_once_and_in_order(cloud: dict[str, str], folder: dict[str, str]) -> None:
    pairs = list(merged(listing(cloud), holding(folder)))

    assert [pair.key for pair in pairs] == sorted(cloud | folder, key=str.encode)
    assert {pair.key: pair.seen.etag for pair in pairs if pair.seen} == cloud
    assert {pair.key: pair.tracked.etag for pair in pairs if pair.tracked} == folder


@given(states, states, st.integers(1, 5))
def test_pages_of_any_length_give_the_same_pairs(cloud: dict[str, str], folder: dict[str, str], length: int) -> None:
    paged: list[Pair] = []
    while page := list(islice(merged(listing(cloud, _last(paged)), holding(folder, _last(paged))), length)):
        paged += page

    assert paged == list(merged(listing(cloud), holding(folder)))


@given(states, states, st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=30))
def test_any_crash_between_pages_ends_in_the_state_of_the_cloud(
    cloud: dict[str, str], folder: dict[str, str], steps: list[tuple[int, bool]]
) -> None:
    """A page is applied and then noted; a crash between the two applies it again. Gone keys wait for the end."""
    held, after, gone = dict(folder), "", set[str]()
    for length, crashes in [*steps, *[(5, False)] * 30]:
        page = list(islice(merged(listing(cloud, after), holding(held, after)), length))
        held |= {pair.key: pair.seen.etag for pair in page if pair.seen is not None}
        gone |= {pair.key for pair in page if pair.seen is None}
        after = after if crashes else _last(page) or after

    assert {name: etag for name, etag in held.items() if name not in gone} == cloud


def test_a_listing_out_of_order_is_refused() -> None:
    with pytest.raises(Upstream, match="out of order"):
        list(merged([seen("b"), seen("a")], []))


@pytest.mark.parametrize(
    ("pair", "finding"),
    [
        (Pair("a.png", seen("a.png"), None), Finding.NEW),
        (Pair("a.png", seen("a.png"), tracked("a.png")), Finding.SAME),
        (Pair("a.png", seen("a.png", "2"), tracked("a.png")), Finding.CHANGED),
        (Pair("a.png", seen("a.png", size=6), tracked("a.png")), Finding.CHANGED),
        (Pair("a.png", None, tracked("a.png")), Finding.GONE),
        (Pair("a.dcm", seen("a.dcm"), None), Finding.UNSUPPORTED),
        (Pair("x" * 1021 + ".png", seen("x" * 1021 + ".png"), None), Finding.UNSUPPORTED),
        (Pair("b/", seen("b/"), None), Finding.IGNORED),
        (Pair("", seen(""), None), Finding.IGNORED),
        (Pair("a.metadata.json", seen("a.metadata.json"), None), Finding.SIDECAR),
        (Pair("a.metadata.json", seen("a.metadata.json"), tracked("a.metadata.json", item=None)), Finding.SAME),
        (Pair("a.metadata.json", seen("a.metadata.json"), tracked("a.metadata.json")), Finding.SIDECAR),
        (Pair("a.png", seen("a.png"), tracked("a.png", item=None)), Finding.CHANGED),
    ],
)
def test_each_pair_means_one_thing(pair: Pair, finding: Finding) -> None:
    entry = entry_of(pair, LINK)

    assert (entry.finding, entry.url) == (finding, PREFIX + pair.key)
    assert (entry.kind is not None) is (WORK.get(finding) == "files")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JPG", MediaKind.IMAGE),
        ("b/c.d.avif", MediaKind.IMAGE),
        ("a.mkv", MediaKind.VIDEO),
        ("a.flac", MediaKind.AUDIO),
        ("a.xml", MediaKind.TEXT),
        ("a.pdf", MediaKind.PDF),
        ("brain.nii.gz", MediaKind.NIFTI),
        ("brain.gz", None),
        ("a.dcm", None),
        (".png", None),
        ("png", None),
        ("dir.png/x", None),
    ],
)
def test_the_ending_of_a_name_promises_its_kind(name: str, kind: MediaKind | None) -> None:
    assert kind_of(name) is kind
    assert ending_of("b/A.TAR.GZ") == ".gz"


def test_an_item_is_named_by_its_folder_and_key() -> None:
    assert synced_item_id("f", "a") == synced_item_id("f", "a")
    assert len({synced_item_id("f", "a"), synced_item_id("f", "b"), synced_item_id("g", "a")}) == 3
    assert file_of("a.png.metadata.json", Sidecars()) == "a.png"


def _last(pairs: list[Pair]) -> str:
    return pairs[-1].key if pairs else ""
