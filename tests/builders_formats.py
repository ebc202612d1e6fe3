"""Heads of label rows for tests of formats."""

from datetime import UTC, datetime
from typing import Any

from gloss.domain.formats.facts import RowFacts, UnitFacts
from gloss.domain.media import MediaKind

NINE = datetime(2025, 3, 1, 9, tzinfo=UTC)


def a_unit(**facts: Any) -> UnitFacts:
    plain = {"data_id": "data-1", "title": "kiwi.jpg", "link": "s3://fruit/kiwi.jpg", "mime_type": "image/jpeg"}
    return UnitFacts.model_validate({**plain, "width_px": 100, "height_px": 50, **facts})


def a_video_unit(**facts: Any) -> UnitFacts:
    return a_unit(title="ride.mp4", mime_type="video/mp4", fps=25.0, duration_s=0.4, **facts)


def a_row(*units: UnitFacts, **facts: Any) -> RowFacts:
    plain = {
        "label_id": "label-1",
        "data_id": "data-1",
        "data_title": "kiwi.jpg",
        "dataset_id": "dataset-1",
        "dataset_title": "fruit",
        "kind": MediaKind.IMAGE,
        "label_status": "LABELLED",
        "annotation_task_status": "IN_REVIEW",
        "created_at": NINE,
        "last_edited_at": NINE,
        "units": units or (a_unit(),),
    }
    return RowFacts.model_validate({**plain, **facts})
