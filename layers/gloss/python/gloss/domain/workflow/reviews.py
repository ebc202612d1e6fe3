"""Reviews of single labels: one for each object and classification of a row, kept on numbered sheets of a task."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from typing import Final, Literal

from gloss.domain.errors import IllegalAction, NotFound
from gloss.domain.model import TaskId, Timestamp, UserId, Value, Versioned

SHEET_SIZE = 500


class ReviewStatus(StrEnum):
    """What was said of a label; NEW, RESOLVED and REOPENED still wait for a verdict."""

    NEW = "NEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"


S = ReviewStatus
PENDING: Final = frozenset({S.NEW, S.RESOLVED, S.REOPENED})
Becomes = Mapping[ReviewStatus, ReviewStatus]
Verdict = Literal["approve", "reject", "reopen"]

#: A verdict on one label and the statuses it may meet; what is not here is illegal.
VERDICTS: Final[Mapping[tuple[Verdict, ReviewStatus], ReviewStatus]] = {
    **{("approve", before): S.APPROVED for before in (S.NEW, S.REJECTED, S.RESOLVED, S.REOPENED)},
    **{("reject", before): S.REJECTED for before in (S.NEW, S.APPROVED, S.RESOLVED, S.REOPENED)},
    **{("reopen", before): S.REOPENED for before in (S.APPROVED, S.REJECTED, S.RESOLVED)},
}

#: What an action on the whole task makes of the labels' statuses.
SWEEPS: Final[Mapping[str, Becomes]] = {
    "submit": {S.REJECTED: S.RESOLVED},
    "approve": dict.fromkeys(PENDING, S.APPROVED),
    "reject": dict.fromkeys(PENDING, S.REJECTED),
    "complete": dict.fromkeys(S, S.APPROVED),
}


class Labelled(Value):
    """A label as reviews see it: `digest` changes with every edit of its geometry or answers."""

    label_id: str
    label_type: Literal["object", "classification"]
    feature: str
    digest: str


class LabelReview(Labelled):
    """How one label stands, and the issue that its rejection opened."""

    status: ReviewStatus = ReviewStatus.NEW
    judged_by: UserId | None = None
    judged_at: Timestamp | None = None
    issue_id: str | None = None


class ReviewSheet(Versioned):
    """Some of a task's reviews, so many that a record holds them and a commit changes them all."""

    task_id: TaskId
    number: int
    reviews: tuple[LabelReview, ...]


def synced(task_id: TaskId, sheets: Sequence[ReviewSheet], labels: Iterable[Labelled]) -> list[ReviewSheet]:
    """The sheets that a new label body changes: edited labels are NEW again, gone ones gone, added ones put last."""
    present = {label.label_id: label for label in labels}
    known = {review.label_id for review in _all(sheets)}
    kept = [_follow(sheet, present) for sheet in sheets]
    added = [LabelReview(**dict(label)) for label in present.values() if label.label_id not in known]
    return _changed(sheets, _filled(task_id, kept, added))


def swept(sheets: Sequence[ReviewSheet], sweep: str, by: UserId, at: Timestamp) -> list[ReviewSheet]:
    """The sheets that an action on the whole task changes, by SWEEPS."""
    becomes = SWEEPS[sweep]
    return _changed(sheets, [_each(sheet, lambda review: _become(review, becomes, by, at)) for sheet in sheets])


def judged(sheets: Sequence[ReviewSheet], after: Iterable[LabelReview]) -> list[ReviewSheet]:
    """The sheets on which reviews stand anew."""
    anew = {review.label_id: review for review in after}
    return _changed(sheets, [_each(sheet, lambda it: anew.get(it.label_id, it)) for sheet in sheets])


def stands(review: LabelReview, said: Verdict) -> bool:
    """Whether the review is what the verdict would make of it."""
    return review.status in {after for (verdict, _), after in VERDICTS.items() if verdict == said}


def verdict(review: LabelReview, said: Verdict, by: UserId, at: Timestamp) -> LabelReview:
    """The review after a verdict; raises IllegalAction when it stands so already."""
    status = VERDICTS.get((said, review.status))
    if status is None:
        raise IllegalAction(f"The review of label {review.label_id} is {review.status}; one cannot {said} it.")
    return review.model_copy(update={"status": status, "judged_by": by, "judged_at": at})


def find(sheets: Sequence[ReviewSheet], label_id: str) -> LabelReview:
    """The review of one label; raises NotFound."""
    for review in _all(sheets):
        if review.label_id == label_id:
            return review
    raise NotFound(f"There is no review of a label {label_id} here.")


def pending(sheets: Sequence[ReviewSheet]) -> int:
    """How many labels still wait for a verdict."""
    return sum(review.status in PENDING for review in _all(sheets))


def differing(before: Sequence[ReviewSheet], after: Sequence[ReviewSheet]) -> list[LabelReview]:
    """The reviews of the changed sheets whose status is another than before."""
    stood = {review.label_id: review.status for review in _all(before)}
    return [review for review in _all(after) if stood.get(review.label_id) is not review.status]


def _all(sheets: Iterable[ReviewSheet]) -> Iterable[LabelReview]:
    return chain.from_iterable(sheet.reviews for sheet in sheets)


def _follow(sheet: ReviewSheet, present: Mapping[str, Labelled]) -> ReviewSheet:
    still = (review for review in sheet.reviews if review.label_id in present)
    return sheet.model_copy(update={"reviews": tuple(_edited(review, present[review.label_id]) for review in still)})


def _edited(review: LabelReview, label: Labelled) -> LabelReview:
    if label.digest == review.digest:
        return review
    return LabelReview(**dict(label), issue_id=review.issue_id)


def _filled(task_id: TaskId, kept: list[ReviewSheet], added: list[LabelReview]) -> list[ReviewSheet]:
    room = SHEET_SIZE - len(kept[-1].reviews) if kept else 0
    if kept and room and added:
        kept[-1] = kept[-1].model_copy(update={"reviews": (*kept[-1].reviews, *added[:room])})
        added = added[room:]
    starts = range(0, len(added), SHEET_SIZE)
    fresh = [tuple(added[start : start + SHEET_SIZE]) for start in starts]
    return kept + [
        ReviewSheet(task_id=task_id, number=len(kept) + place, reviews=reviews) for place, reviews in enumerate(fresh)
    ]


def _become(
    review: LabelReview, becomes: Mapping[ReviewStatus, ReviewStatus], by: UserId, at: Timestamp
) -> LabelReview:
    status = becomes.get(review.status, review.status)
    if status is review.status:
        return review
    return review.model_copy(update={"status": status, "judged_by": by, "judged_at": at})


def _each(sheet: ReviewSheet, change: Callable[[LabelReview], LabelReview]) -> ReviewSheet:
    return sheet.model_copy(update={"reviews": tuple(change(review) for review in sheet.reviews)})


def _changed(before: Sequence[ReviewSheet], after: Sequence[ReviewSheet]) -> list[ReviewSheet]:
    """Those sheets that are new or differ, each in its next version."""
    stood = {sheet.number: sheet for sheet in before}
    fresh = [sheet for sheet in after if sheet.number not in stood]
    other = [sheet for sheet in after if sheet.number in stood and sheet.reviews != stood[sheet.number].reviews]
    return [sheet.changed() for sheet in other] + fresh
