"""Integrations and their secrets are made, changed and removed together, whatever breaks off between."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import MemoryVault, memory_ports
from gloss.adapters.memory_media import MemoryMedia
from gloss.clouds import Custody
from gloss.domain.errors import Conflict, Invalid, NotFound, Stale
from gloss.domain.integration import Integration
from gloss.kinds.register import INTEGRATIONS, integration_key
from gloss.ports import Key, Kind
from gloss.services import integrating, trying
from gloss.services.integrating import ChangedIntegration, NewAzure, NewHttps, NewOtc, NewS3Compatible
from gloss.services.making import Following
from gloss.services.trying import Trial
from tests.builders_clouds import ACCESS_KEY, HMAC
from tests.builders_register import CALLER, a_custody
from tests.interleaving import LaggingStore, TurnTaking

REQUEST = "00000000-0000-4000-8000-00000000000a"


class Crash(Exception):
    """The process is gone."""


class Breaking(MemoryVault):
    """A vault during whose puts or removals the process ends, before or after the deed."""

    def __init__(self, moment: str = "") -> None:
        super().__init__()
        self.moment = moment

    def put(self, name: str, secret: Mapping[str, Any]) -> None:
        self._around("put", lambda: super(Breaking, self).put(name, secret))

    def remove(self, name: str) -> None:
        self._around("remove", lambda: super(Breaking, self).remove(name))

    def _around(self, verb: str, act: Callable[[], None]) -> None:
        if self.moment == f"before {verb}":
            raise Crash
        act()
        if self.moment == f"after {verb}":
            raise Crash


def a_wish(secret: str = "open sesame") -> NewOtc:
    return NewOtc.model_validate({"title": "OTC", "secret": {**ACCESS_KEY, "secret_access_key": secret}})


def a_change(secret: str) -> ChangedIntegration:
    return ChangedIntegration.model_validate({"secret": {**ACCESS_KEY, "secret_access_key": secret}})


def custody_with(vault: MemoryVault) -> Custody:
    return replace(a_custody(memory_ports()), vault=vault)


def made(custody: Custody) -> Integration:
    """By the same request, however often it is asked."""
    return integrating.make(a_wish(), CALLER, replace(custody, ids=Following(REQUEST)))


def stored(custody: Custody) -> Integration | None:
    found = Following(REQUEST).new()
    return custody.store.find(INTEGRATIONS, integration_key(found))


def test_a_secret_lies_in_the_vault_and_not_in_the_record() -> None:
    vault = MemoryVault()
    integration = made(custody_with(vault))

    assert vault.secrets == {integration.id: dict(ACCESS_KEY)}
    assert (integration.status, integration.secret_kind) == ("ready", "access_key")
    assert "sesame" not in integration.model_dump_json()
    assert "sesame" not in repr(a_wish())


@pytest.mark.parametrize("moment", ["before put", "after put"])
def test_a_crash_while_making_is_mended_by_the_same_request(moment: str) -> None:
    vault = Breaking(moment)
    custody = custody_with(vault)
    with pytest.raises(Crash):
        made(custody)
    left = stored(custody)
    assert left is not None
    assert left.status == "unfinished"

    vault.moment = ""
    again = made(custody)

    assert (again.id, again.status, list(vault.secrets)) == (left.id, "ready", [left.id])


@pytest.mark.parametrize("moment", ["before put", "after put"])
def test_an_unfinished_integration_is_removed_without_a_trace(moment: str) -> None:
    vault = Breaking(moment)
    custody = custody_with(vault)
    with pytest.raises(Crash):
        made(custody)

    vault.moment = ""
    integrating.remove(Following(REQUEST).new(), custody)

    assert (stored(custody), vault.secrets) == (None, {})


@pytest.mark.parametrize("moment", ["before remove", "after remove"])
def test_a_crash_while_removing_is_ended_by_removing_again(moment: str) -> None:
    vault = Breaking()
    custody = custody_with(vault)
    integration = made(custody)
    vault.moment = moment
    with pytest.raises(Crash):
        integrating.remove(integration.id, custody)
    left = stored(custody)
    assert left is not None
    assert left.status == "leaving"
    with pytest.raises(Conflict):
        left.demand_ready()

    vault.moment = ""
    integrating.remove(integration.id, custody)

    assert (stored(custody), vault.secrets) == (None, {})


def test_a_new_secret_takes_the_place_of_the_old_one_under_a_new_version() -> None:
    vault = MemoryVault()
    custody = custody_with(vault)
    integration = made(custody)

    changed = integrating.change(integration.id, a_change("new"), custody)

    assert vault.secrets[integration.id]["secret_access_key"] == "new"
    assert changed.version > integration.version
    assert changed.demand_ready() is None


def test_a_crash_while_changing_leaves_the_old_secret_at_work() -> None:
    vault = Breaking()
    custody = custody_with(vault)
    integration = made(custody)
    vault.moment = "before put"
    with pytest.raises(Crash):
        integrating.change(integration.id, a_change("new"), custody)

    vault.moment = ""
    left = integrating.integration(integration.id, custody.store)

    assert left.demand_ready() is None
    assert vault.secrets[integration.id]["secret_access_key"] == "open sesame"
    with pytest.raises(Conflict, match="in a minute"):
        integrating.change(integration.id, a_change("new"), custody)


def test_a_claim_on_a_secret_ends_after_a_minute() -> None:
    vault = Breaking("before put")
    custody = custody_with(vault)
    with pytest.raises(Crash):
        made(custody)
    vault.moment = ""

    custody.clock.pass_time(61)  # type: ignore[attr-defined]
    changed = integrating.change(Following(REQUEST).new(), a_change("new"), custody)

    assert (changed.status, vault.secrets[changed.id]["secret_access_key"]) == ("ready", "new")


class StepwiseStore(LaggingStore):
    """Waits for its turn before reads by key, too."""

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self._step()
        return super().find(kind, key)


class StepwiseVault(MemoryVault):
    def __init__(self, turns: TurnTaking) -> None:
        super().__init__()
        self._turns = turns

    def put(self, name: str, secret: Mapping[str, Any]) -> None:
        self._turns.pause()
        super().put(name, secret)

    def remove(self, name: str) -> None:
        self._turns.pause()
        super().remove(name)


def attempted(act: Callable[[], Any], told: list[str], word: str) -> Callable[[], None]:
    def job() -> None:
        try:
            act()
            told.append(word)
        except (Stale, Conflict, NotFound):
            return

    return job


@pytest.mark.parametrize("seed", range(150))
def test_no_order_of_making_changing_and_removing_parts_a_secret_from_its_integration(seed: int) -> None:
    turns = TurnTaking(seed)
    store, vault, told = StepwiseStore(turns, 0), StepwiseVault(turns), list[str]()
    custody = replace(custody_with(vault), store=store)
    named = Following(REQUEST).new()
    store.started = True
    jobs: list[Callable[[], Any]] = [
        lambda: made(custody),
        lambda: integrating.change(named, a_change("a"), custody),
        lambda: integrating.change(named, a_change("b"), custody),
        lambda: integrating.remove(named, custody),
    ]

    turns.run([attempted(job, told, word) for job, word in zip(jobs, ("made", "a", "b", "gone"), strict=True)])

    store.started = False
    left = store.find(INTEGRATIONS, integration_key(named))
    if left is None:
        assert vault.secrets == {}
    elif left.status == "ready":
        assert list(vault.secrets) == [named]


@pytest.mark.parametrize("seed", range(60))
def test_of_two_new_secrets_the_one_that_was_acknowledged_stays(seed: int) -> None:
    turns = TurnTaking(seed)
    store, vault, told = StepwiseStore(turns, 0), MemoryVault(), list[str]()
    custody = replace(custody_with(vault), store=store)
    integration = made(custody)
    stepwise = replace(custody, vault=StepwiseVault(turns))
    stepwise.vault.secrets = vault.secrets  # type: ignore[attr-defined]
    store.started = True

    turns.run(
        [
            attempted(lambda new=new: integrating.change(integration.id, a_change(new), stepwise), told, new)
            for new in ("a", "b")
        ]
    )

    assert told in ([vault.secrets[integration.id]["secret_access_key"]], ["a", "b"], ["b", "a"])
    assert told[-1] == vault.secrets[integration.id]["secret_access_key"]


@pytest.mark.parametrize(
    "wanted",
    [
        NewS3Compatible.model_validate({"title": "x", "endpoint": "http://minio.acme.io", "secret": ACCESS_KEY}),
        NewS3Compatible.model_validate({"title": "x", "endpoint": "https://10.0.0.7", "secret": ACCESS_KEY}),
        NewHttps.model_validate({"title": "x", "origin": "https://localhost"}),
        NewHttps.model_validate({"title": "x", "default_location": "https://127.0.0.1/a/"}),
        NewOtc.model_validate({"title": "x", "default_location": "s3://raw/", "secret": ACCESS_KEY}),
    ],
)
def test_a_place_that_may_not_be_reached_makes_nothing(wanted: Any) -> None:
    vault = MemoryVault()
    custody = custody_with(vault)

    with pytest.raises(Invalid):
        integrating.make(wanted, CALLER, custody)

    assert vault.secrets == {}
    assert custody.store.find(INTEGRATIONS, integration_key("00000000-0000-4000-8000-000000000001")) is None


def test_a_secret_of_another_provider_changes_nothing() -> None:
    vault = MemoryVault()
    custody = custody_with(vault)
    integration = made(custody)
    foreign = ChangedIntegration.model_validate({"title": "new", "secret": HMAC})

    with pytest.raises(Invalid, match="takes no secret of the kind hmac"):
        integrating.change(integration.id, foreign, custody)

    assert integrating.integration(integration.id, custody.store) == integration
    assert vault.secrets[integration.id]["kind"] == "access_key"


def test_a_stored_record_of_the_first_provider_is_still_read() -> None:
    old = {"id": "i", "org_id": "o", "title": "t", "provider": "aws", "role_arn": None, "external_id": "gloss-1"}
    more = {"created_by": "u", "created_at": "2026-01-01T00:00:00Z", "default_location": "s3://bkt/", "version": 1}

    assert Integration.model_validate({**old, **more}).access.provider == "aws"


def test_a_trial_reads_lists_and_writes_under_the_default_location() -> None:
    custody = a_custody(memory_ports())
    wanted = NewAzure.model_validate(
        {
            "title": "x",
            "account": "acme",
            "default_location": "https://acme.blob.core.windows.net/raw/in/",
            "secret": {"kind": "account_key", "key": "a2V5"},
        }
    )
    integration = integrating.make(wanted, CALLER, custody)
    media = MemoryMedia({"https://acme.blob.core.windows.net/raw/in/a": b"x"})

    tried = trying.attempt(integration.id, Trial(url="a", list=True, write=True), lambda _: media, custody.store)

    assert [(each.check, each.ok) for each in tried] == [("read", True), ("list", True), ("write", True)]
    assert "https://acme.blob.core.windows.net/raw/in/gloss/.trial" in media.objects


def test_a_trial_says_that_the_secret_is_missing() -> None:
    custody = a_custody(memory_ports())
    integration = made(custody)

    def closed(_: Integration | None) -> Any:
        raise Conflict("it has no secret yet")

    tried = trying.attempt(integration.id, Trial(url="https://x.obs.eu-de.otc.t-systems.com/a"), closed, custody.store)

    assert [(each.check, each.ok, each.reason) for each in tried] == [("secret", False, "it has no secret yet")]
