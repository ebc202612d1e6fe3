"""An image sequence is one video everywhere: the labels, the import and the label row count its frames alike."""

from datetime import UTC, datetime

from gloss.domain.formats.facts import units_of
from gloss.domain.labels import canvas_of
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.model import FolderId, ItemId, JobId, OrgId, UserId
from gloss.domain.units import wanted_frames

A_SEQUENCE = Item(
    id=ItemId("item-1"),
    org_id=OrgId("org-1"),
    folder_id=FolderId("folder-1"),
    kind=MediaKind.IMAGE_SEQUENCE,
    title="carphone",
    url="s3://media/gloss/carphone.mp4",
    facts=Facts(mime_type="video/mp4", width_px=176, height_px=144, fps=1.0, frame_count=12, duration_s=12.0),
    job_id=JobId("job-1"),
    row=0,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    created_by=UserId("ann"),
)


def test_labels_may_lie_on_every_frame_of_a_sequence() -> None:
    assert canvas_of(A_SEQUENCE).frames == 12


def test_an_import_looks_at_every_frame_of_a_sequence() -> None:
    assert wanted_frames(A_SEQUENCE, rate=1.0) == tuple(range(12))


def test_a_label_row_has_a_unit_for_each_frame_of_a_sequence() -> None:
    units = units_of("data-1", A_SEQUENCE, [(A_SEQUENCE, "https://signed")])

    assert [unit.sequence for unit in units] == list(range(12))
    assert {unit.link for unit in units} == {"https://signed"}
    assert len({unit.data_id for unit in units}) == 12
