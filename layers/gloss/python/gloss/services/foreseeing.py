"""Reading at once, as one request, what will be asked for one by one: the store of a request remembers it."""

from collections.abc import Sequence
from typing import Any, Final

from gloss.domain.workflow.label_rows import Row
from gloss.kinds.catalog import DATASETS, ONTOLOGIES
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Key, Kind, Store
from gloss.services.locating import Outlook

AT_ONCE: Final = 100


def below(rows: Sequence[Row], outlook: Outlook, store: Store) -> None:
    """What label rows stand on, while these are few: the ontology, items, datasets."""
    items = dict.fromkeys(item_key(row.task.item_id) for row in rows)
    datasets = dict.fromkeys(Key(f"DATASET#{row.task.dataset_id}") for row in rows)
    asked: list[tuple[Kind[Any], Key]] = [(ONTOLOGIES, Key(f"ONTOLOGY#{outlook.project.ontology_id}"))]
    asked += [(ITEMS, key) for key in items] + [(DATASETS, key) for key in datasets]
    if len(asked) <= AT_ONCE:
        store.find_each(*asked)
