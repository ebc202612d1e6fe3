"""How many data units items back: counted where data units come and go, read where items are shown."""

from collections import Counter
from collections.abc import Iterable, Mapping

from gloss.domain.dataset import DataRow, Uses
from gloss.domain.model import ItemId
from gloss.kinds.catalog import USES, uses_key
from gloss.ports import Save, Store


def counts(item_ids: Iterable[ItemId], store: Store) -> dict[ItemId, int]:
    """How many data units each of the items backs."""
    return {id_: each.data_units for id_, each in _known(item_ids, store).items()}


def counted(came: Iterable[DataRow], store: Store, by: int = 1) -> list[Save[Uses]]:
    """What is saved together with data units that come, or go (`by` -1)."""
    changes = Counter(row.item_id for row in came)
    known = _known(changes, store)
    return [Save(USES, _next(id_, by * number, known)) for id_, number in changes.items()]


def _known(item_ids: Iterable[ItemId], store: Store) -> dict[ItemId, Uses]:
    keys = [uses_key(id_) for id_ in dict.fromkeys(item_ids)]
    return {each.item_id: each for each in store.get_many(USES, keys)}


def _next(item_id: ItemId, change: int, known: Mapping[ItemId, Uses]) -> Uses:
    found = known.get(item_id)
    if found is None:
        return Uses(item_id=item_id, data_units=max(0, change))
    return found.changed(data_units=max(0, found.data_units + change))
