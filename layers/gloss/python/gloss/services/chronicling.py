"""Chronicling a project: its log in order of time, page by page, with every edit of every label."""

import heapq
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from gloss.domain.errors import Fault, Invalid, Malformed
from gloss.domain.model import iso
from gloss.domain.project import Project
from gloss.domain.workflow import deeds, queue
from gloss.domain.workflow.chronicle import Entry, LogFilter
from gloss.domain.workflow.labelled import LabelSave
from gloss.kinds.workflow import LABEL_SAVES, STEPS, save_place, saves_of
from gloss.ports import Page, Ports, Query, Store
from gloss.services.comparing import CHUNK, edits_from
from gloss.services.queueing import Turn, beyond_of, written_token

LONGEST: Final = timedelta(days=31)
#: How many steps and saves one page looks at; when filters leave few of them, the page is short and its token goes on.
LOOKED_AT: Final = 2_000
AT_ONCE: Final = 250
#: How many labels one page compares, fifty small saves or a large one; a save counts as some more than it holds.
COMPARED: Final = 100_000
A_SAVE: Final = 2_000


def demand_span(wanted: LogFilter) -> None:
    """Let a span of at most 31 days pass; raises Invalid."""
    if not timedelta(0) <= wanted.before - wanted.after <= LONGEST:
        fault = Fault("end_time", "is to lie after start_time, at most 31 days")
        raise Invalid("The log is told for at most 31 days at once.", [fault])


def entries(project: Project, wanted: LogFilter, turn: Turn, ports: Ports) -> Page[Entry]:
    """A page of the project's log, the earliest first; raises Malformed for a token of another list."""
    demand_span(wanted)
    place, number = _resumed(turn.token)
    told: list[Entry] = []
    compared = 0
    for looked_at, moment in enumerate(_moments(project, wanted, place, ports.store)):
        begin = number if moment.place == place else 0
        if looked_at == LOOKED_AT or compared >= COMPARED:
            return Page(tuple(told), _token(moment.place, begin))
        for entry in _told(moment, begin, wanted, ports):
            if len(told) == turn.limit:
                return Page(tuple(told), _token(entry.place, entry.number))
            told += [entry] if wanted.keeps(entry) else []
        compared += _weight(moment, wanted)
    return Page(tuple(told))


def _told(moment: Entry, begin: int, wanted: LogFilter, ports: Ports) -> Iterator[Entry]:
    """The entries of a step or save from one on."""
    if not wanted.meets(moment):
        return
    if begin == 0:
        yield moment
    if isinstance(moment.what, LabelSave) and wanted.compares:
        yield from _edits(moment.place, moment.what, max(begin - 1, 0), ports)


def _edits(place: str, save: LabelSave, begin: int, ports: Ports) -> Iterator[Entry]:
    """Chunk by chunk; one that is not full is the last."""
    while True:
        chunk = edits_from(save, begin, ports)
        yield from (
            Entry(place=place, what=save, number=begin + index + 1, edit=edit) for index, edit in enumerate(chunk)
        )
        begin += len(chunk)
        if not chunk or begin % CHUNK:
            return


def _weight(moment: Entry, wanted: LogFilter) -> int:
    save = moment.what
    if not isinstance(save, LabelSave) or not wanted.compares or not wanted.meets(moment):
        return 0
    return A_SAVE + save.objects + save.classifications


def _moments(project: Project, wanted: LogFilter, place: str, store: Store) -> Iterator[Entry]:
    """A place begins with a moment, so what comes after the bare moment before the span is the span."""
    first = max(place[:-1], iso(max(wanted.after, project.created_at)))
    for month in deeds.months(max(wanted.after, project.created_at), wanted.before):
        if month < first[:7]:
            continue
        for moment in _of_month(project, month, first, wanted, store):
            if moment.at >= wanted.before:
                return
            if moment.place >= place:
                yield moment


def _of_month(project: Project, month: str, beyond: str, wanted: LogFilter, store: Store) -> Iterator[Entry]:
    query = Query(index="by_parent", limit=AT_ONCE, beyond=beyond)
    shards = range(queue.SHARDS) if wanted.task is None else [deeds.shard_of(wanted.task)]
    sources = [_steps(deeds.partition_of(project.id, month, shard), query, store) for shard in shards]
    sources += [_saves(saves_of(project.id, month, shard), query, store) for shard in shards]
    return heapq.merge(*sources, key=lambda entry: entry.place)


def _steps(partition: str, query: Query, store: Store) -> Iterator[Entry]:
    return (Entry(place=deeds.place_of(step), what=step) for step in store.every(STEPS, partition, query))


def _saves(partition: str, query: Query, store: Store) -> Iterator[Entry]:
    return (Entry(place=save_place(save), what=save) for save in store.every(LABEL_SAVES, partition, query))


def _token(place: str, number: int) -> str:
    return written_token(f"{place}~{number}")


def _resumed(token: str | None) -> tuple[str, int]:
    """The place and number of the entry with which a page begins."""
    if token is None:
        return "", 0
    place, _, number = (beyond_of(token) or "").rpartition("~")
    if not place or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Malformed("The page token is not one that this list gave out.")
    return place, int(number)
