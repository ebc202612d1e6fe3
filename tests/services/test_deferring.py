"""Late answers: begun once, written whole, ended once, whatever breaks off in between."""

from collections.abc import Iterator
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss import late
from gloss.adapters.memory import memory_ports
from gloss.domain.errors import Forbidden, GlossError, Invalid, NotFound, Stale, Throttled
from gloss.domain.late_answer import LateAnswer, LateStatus
from gloss.domain.model import UserId
from gloss.kinds.late import LATE_ANSWERS, late_answer_key
from gloss.late import Asking
from gloss.ports import Ports
from gloss.requests import Request
from gloss.sdk.operations import OF_LABELS
from gloss.services import deferring
from gloss.services.authorising import token_digest
from gloss.services.awaiting import Patience
from gloss.services.deferring import KINDS, Broken, LateRef
from gloss.services.rationing import Overlong, Ration
from tests.mortal import killed_after, mortal

TRACE = {"x-cloud-trace-context": "080105ec/1;o=1", "resourcetype": "project", "resourceid": "p"}
SENT = b'{"query_type":"labelrowmetadata"}'
ANSWER = [b"[", b"1", b",", b"2", b"]"]


def asking(headers: dict[str, str] = TRACE) -> Asking:
    request = Request("POST", "/public", ("/public",), headers, SENT)
    return Asking(request, UserId("ada"), OF_LABELS[0], "p")


def overlong() -> None:
    raise Overlong


def begun(ports: Ports, who: Asking | None = None) -> str:
    """The token that a request leads to."""
    told = late.told(overlong, who or asking(), ports)  # type: ignore[arg-type]
    return str(told.headers["Location"]).rpartition("/")[2]


def tell(_late: LateAnswer, sent: bytes) -> Iterator[bytes]:
    assert sent == SENT
    yield from ANSWER


def refuse(error: GlossError) -> deferring.Tell:
    def told(_late: LateAnswer, _sent: bytes) -> Iterator[bytes]:
        yield b"["
        raise error

    return told


def found(token: str, ports: Ports) -> LateAnswer:
    return ports.store.get(LATE_ANSWERS, late_answer_key(token_digest(token)))


def run(token: str, ports: Ports, told: deferring.Tell = tell) -> LateStatus:
    return deferring.write(LateRef(answer_id=token_digest(token)), told, ports).status


def awaited(token: str, ports: Ports) -> LateAnswer:
    return deferring.awaited(token, Patience(0, ports.clock, lambda _: None), ports)


def test_an_answer_is_begun_under_the_digest_of_its_token() -> None:
    ports = memory_ports()

    token = begun(ports)

    name = token_digest(token)
    assert ports.machines.started == {("late_answer", name): {"answer_id": name}}  # type: ignore[attr-defined]
    assert len(token) == 43


def test_without_a_trace_each_request_is_answered_for_itself() -> None:
    ports = memory_ports()

    assert begun(ports, asking({})) != begun(ports, asking({}))


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_request_that_is_killed_and_comes_again_begins_one_answer(writes: int) -> None:
    ports, life = mortal(memory_ports())

    was_killed = killed_after(writes, life, lambda: begun(ports))
    token = begun(ports)

    assert was_killed == (writes < 3)
    assert len(ports.machines.started) == 1  # type: ignore[attr-defined]
    assert run(token, ports) is LateStatus.WRITTEN


@pytest.mark.parametrize("writes", [1, 2])
def test_a_run_that_is_killed_and_tried_again_writes_the_same(writes: int) -> None:
    ports, life = mortal(memory_ports())
    token = begun(ports)

    killed_after(writes, life, lambda: run(token, ports))

    assert run(token, ports) is LateStatus.WRITTEN
    assert ports.blobs.get(found(token, ports).answer_key) == b"".join(ANSWER)


def test_two_tries_of_a_call_at_once_get_one_token() -> None:
    ports, tokens = memory_ports(), list[str]()
    tries = [Thread(target=lambda: tokens.append(begun(ports))) for _ in range(8)]

    for each in tries:
        each.start()
    for each in tries:
        each.join()

    assert (len(tokens), len(set(tokens)), len(ports.machines.started)) == (8, 1, 1)  # type: ignore[attr-defined]


def test_what_refuses_the_run_is_raised_where_the_answer_is_awaited() -> None:
    ports = memory_ports()
    token = begun(ports)

    assert run(token, ports, refuse(Forbidden("Your role does not allow this."))) is LateStatus.REFUSED
    with pytest.raises(Forbidden, match="Your role"):
        awaited(token, ports)
    assert found(token, ports).answer_key not in ports.blobs.keys("tmp/answers/")


def test_a_run_that_the_table_throttles_is_tried_again_and_refuses_nobody() -> None:
    ports = memory_ports()
    token = begun(ports)

    with pytest.raises(Throttled):
        run(token, ports, refuse(Throttled("too much")))

    assert found(token, ports).status is LateStatus.RUNNING
    assert run(token, ports) is LateStatus.WRITTEN


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=20), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_a_refusal_is_told_as_it_was_raised(kind: str, message: str, faults: list[tuple[str, str]]) -> None:
    error = KINDS[kind](message, [deferring.Fault(*each) for each in faults])

    again = deferring.raised(deferring.refusal_of(error))

    assert (type(again), again.message, again.faults) == (type(error), error.message, error.faults)


def test_a_refusal_of_a_finer_class_is_told_as_the_nearest_kept() -> None:
    assert deferring.refusal_of(Stale("Somebody came first.")).kind == "Conflict"


def test_a_run_that_broke_off_is_excused_and_writes_no_more() -> None:
    ports = memory_ports()
    token = begun(ports)

    ended = deferring.excuse(Broken(answer_id=token_digest(token)), ports)

    assert [ended.status, run(token, ports)] == [LateStatus.REFUSED] * 2
    with pytest.raises(GlossError, match="could not be made"):
        awaited(token, ports)


def test_an_answer_that_is_there_needs_no_excuse() -> None:
    ports = memory_ports()
    token = begun(ports)
    run(token, ports)

    assert deferring.excuse(Broken(answer_id=token_digest(token)), ports).status is LateStatus.WRITTEN
    assert awaited(token, ports).refusal is None


def test_a_run_that_goes_on_after_it_was_excused_changes_nothing() -> None:
    ports = memory_ports()
    token = begun(ports)

    def outlived(_late: LateAnswer, _sent: bytes) -> Iterator[bytes]:
        deferring.excuse(Broken(answer_id=token_digest(token)), ports)
        yield b"[]"

    assert run(token, ports, outlived) is LateStatus.REFUSED


def test_the_digest_itself_opens_nothing() -> None:
    ports = memory_ports()
    token = begun(ports)

    with pytest.raises(NotFound):
        awaited(token_digest(token), ports)


def test_a_ration_is_used_up_once_and_for_all() -> None:
    ration = Ration(3)
    ration.take(3)

    for _ in range(2):
        with pytest.raises(Overlong):
            ration.take(1)


def test_entries_are_counted_before_the_first_of_them_is_made_anything_of() -> None:
    taken = list[int]()

    with pytest.raises(Overlong):
        Ration(3).counted(taken.append(it) or it for it in range(100))  # type: ignore[func-returns-value]

    assert taken == [0, 1, 2, 3]
    assert list(Ration(3).counted(range(3))) == [0, 1, 2]


def test_bytes_are_weighed_while_they_are_written() -> None:
    pieces = Ration(2).weighed(iter([bytes(4096), bytes(4096), b"x"]))

    assert [len(next(pieces)), len(next(pieces))] == [4096, 4096]
    with pytest.raises(Overlong):
        next(pieces)


def test_an_unbounded_ration_reads_nothing_ahead() -> None:
    entries = iter(range(3))

    assert Ration().counted(entries) is entries


def test_a_wrong_query_is_refused_with_its_faults() -> None:
    ports = memory_ports()
    token = begun(ports)
    error = Invalid("A rule is broken.", [deferring.Fault("payload.edited_after", "is no time")])

    run(token, ports, refuse(error))

    with pytest.raises(Invalid) as refused:
        awaited(token, ports)
    assert refused.value.faults == error.faults
