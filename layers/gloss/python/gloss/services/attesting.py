"""What reviewers said of single labels, as the document of their row tells it."""

from collections.abc import Mapping

from gloss.domain.formats.facts import Judged
from gloss.domain.workflow.label_rows import MAIN, Row
from gloss.kinds.identity import USERS
from gloss.ports import Key, Store
from gloss.services import reviewing


def judgements_of(row: Row, store: Store) -> Mapping[str, Judged]:
    """The last verdict on each label that has one, by label; only labels on `main` are judged one by one."""
    if row.branch != MAIN:
        return {}
    said = [it for it in reviewing.reviews_of(row.task.id, store) if it.judged_by and it.judged_at]
    people = store.get_many(USERS, [Key(f"USER#{id_}") for id_ in dict.fromkeys(it.judged_by for it in said)])
    emails: dict[str | None, str] = {user.id: user.email for user in people}
    return {
        it.label_id: Judged(status=it.status, by=emails.get(it.judged_by), at=it.judged_at)
        for it in said
        if it.judged_at
    }
