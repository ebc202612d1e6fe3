"""Doorways of datasets for the public SDK; most of what it asks of them is legacy."""

from gloss import edge, wiring
from gloss.sdk.datasets import calls
from gloss.sdk.datasets.shapes import DatasetPayload, MadeDataset

router = edge.router()


@router.post("/v2/public/datasets")
def make_dataset(body: DatasetPayload) -> MadeDataset:
    return MadeDataset.of(calls.make(body, edge.caller(), wiring.ports()))
