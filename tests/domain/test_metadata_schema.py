"""The metadata schema: what each type takes, how it may change, and what is said of a row that breaks it."""

import random

import pytest
from encord.metadata_schema import _ClientMetadataSchema, _is_valid_metadata_key
from pydantic import TypeAdapter

from gloss.domain.errors import Invalid
from gloss.domain.metadata import key_reason
from gloss.domain.metadata_schema import MetadataSchema, in_row, read, read_row, replaced
from gloss.domain.metadata_types import KeyType
from gloss.domain.model import OrgId, UserId
from tests.builders_webhooks import NOW

TYPES = TypeAdapter(dict[str, KeyType])
UUID = "123e4567-e89b-12d3-a456-426614174000"
VARCHAR, SOFT, HARD = {"ty": "varchar"}, {"ty": "tombstone", "deleted_ty": "number"}, {"ty": "tombstone"}


def types(**said):
    return TYPES.validate_python(said)


def schema(**said):
    return MetadataSchema(org_id=OrgId("acme"), version=1, types=types(**said))


def change(stored, **said):
    return replaced(stored, types(**said), UserId("ann"), NOW)


def reason(kind, value):
    (fault,) = read({"key": value}, types(key=kind)).faults
    return fault.reason


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", 3, 3),
        ("number", -2.5, -2.5),
        ({"ty": "number", "format": "F32"}, 3.4e38, 3.4e38),
        ("boolean", False, False),
        ("string", "x" * 8192, "x" * 8192),
        ({"ty": "varchar", "max_length": 2}, "éü", "éü"),
        ("long_string", "x" * 100_000, "x" * 100_000),
        ("datetime", "2025-02-03T10:00:00+02:00", "2025-02-03T08:00:00Z"),
        ("datetime", "2025-02-03", "2025-02-03T00:00:00Z"),
        ("datetime", "20250203T100000.5Z", "2025-02-03T10:00:00.500000Z"),
        ("uuid", UUID.upper(), UUID),
        ({"ty": "enum", "values": ["day", "night"]}, "night", "night"),
        ({"ty": "embedding", "size": 3}, [0, 0.5, -1e300], [0, 0.5, -1e300]),
        ("geospatial", {"latitude": -90, "longitude": 180}, {"latitude": -90, "longitude": 180}),
        ("geospatial", {"lat": 52.1, "lon": 4}, {"latitude": 52.1, "longitude": 4}),
        ("geospatial", [52.1, 4], {"latitude": 52.1, "longitude": 4}),
        ("user", "Ann@Acme.io", "ann@acme.io"),
        ({"ty": "variant", "hint": "string"}, 5, 5),
        (SOFT, "anything", "anything"),
        (HARD, [1, 2], [1, 2]),
    ],
)
def test_a_type_keeps_what_it_allows(kind, value, kept):
    assert read({"key": value}, types(key=kind)) == ({"key": kept}, ())


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "3", "expected a finite number, got '3'"),
        ("number", True, "expected a finite number, got True"),
        ("number", float("nan"), "expected a finite number, got nan"),
        ("number", 10**400, "expected a finite number"),
        ({"ty": "number", "format": "F32"}, 1e39, "expected a number that single precision (F32) can hold, got 1e+39"),
        ("boolean", 1, "expected true or false, got 1"),
        ({"ty": "varchar", "max_length": 3}, "long", "expected a string of at most 3 characters, got 'long'"),
        ("varchar", 5, "expected a string of at most 8192 characters, got 5"),
        ("text", ["a"], "expected a string, got a list of 1"),
        ("datetime", "yesterday", "expected an ISO-8601 datetime, got 'yesterday'"),
        ("datetime", "0001-01-01T00:00:00+10:00", "expected an ISO-8601 datetime"),
        ("datetime", 20250203, "expected an ISO-8601 datetime, got 20250203"),
        ("uuid", UUID.replace("-", ""), "expected a UUID"),
        ({"ty": "enum", "values": ["day", "night"]}, "dusk", "expected one of 'day', 'night', got 'dusk'"),
        ({"ty": "enum", "values": list("abcdefg")}, 1, "expected one of 'a', 'b', 'c', 'd', 'e' and 2 more, got 1"),
        ({"ty": "embedding", "size": 3}, [1, 2], "expected a list of 3 numbers, got a list of 2"),
        ({"ty": "embedding", "size": 2}, [1, "2"], "expected a list of 2 finite numbers, got '2' in place 1"),
        ({"ty": "embedding", "size": 2}, [float("inf"), 1], "expected a list of 2 finite numbers, got inf in place 0"),
        ({"ty": "embedding", "size": 1}, [True], "expected a list of 1 finite numbers, got True in place 0"),
        ("geospatial", [91, 0], "expected a latitude of -90 to 90 and a longitude of -180 to 180, got a list of 2"),
        ("geospatial", {"lat": 1}, "expected latitude and longitude in degrees"),
        ("geospatial", "52, 4", "expected latitude and longitude in degrees, got '52, 4'"),
        ("user", "ann", "expected an e-mail address, got 'ann'"),
    ],
)
def test_a_type_says_what_it_expected(kind, value, said):
    assert reason(kind, value).startswith(said)


def test_a_long_value_is_shown_only_in_part():
    assert reason("number", "x" * 5000) == f"expected a finite number, got '{'x' * 39}… (5002 characters)"


def test_null_and_keys_without_an_entry_pass_as_they_are():
    said = {"speed": None, "free": [1, {"a": 2}]}

    assert read(said, types(speed="number")) == (said, ())


@pytest.mark.parametrize(
    "kind",
    [
        {"ty": "varchar", "max_length": 8193},
        {"ty": "enum", "values": []},
        {"ty": "enum", "values": ["a", "a"]},
        {"ty": "enum", "values": [str(number) for number in range(257)]},
        {"ty": "embedding", "size": 0},
        {"ty": "embedding", "size": 4097},
        {"ty": "embedding"},
        {"ty": "number", "format": "F16"},
        {"ty": "tombstone", "deleted_ty": {"ty": "tombstone"}},
        {"ty": "colour"},
        "enum",
        5,
    ],
)
def test_a_type_outside_its_bounds_is_refused(kind):
    with pytest.raises(ValueError):
        types(key=kind)


def test_the_limits_themselves_are_allowed():
    edge = types(a={"ty": "enum", "values": [str(n) for n in range(256)]}, b={"ty": "embedding", "size": 4096})

    assert (len(edge["a"].values), edge["b"].size) == (256, 4096)


def test_the_public_sdk_reads_and_writes_the_same_document():
    every = types(
        a="number", b="boolean", c="string", d="datetime", e={"ty": "enum", "values": ["x"]}, f="text", g="uuid",
        h={"ty": "embedding", "size": 3}, i="geospatial", j="user", k={"ty": "variant", "hint": "long_string"},
        m=SOFT, n=HARD,
    )  # fmt: skip
    ours = TYPES.dump_python(every, mode="json")

    theirs = _ClientMetadataSchema.model_validate(ours).model_dump(mode="json")

    assert {name: theirs[name] for name in "acm"} == {name: ours[name] for name in "acm"}
    assert TYPES.validate_python(theirs) == every


def test_key_rules_are_those_of_the_public_sdk():
    draw = random.Random(5)
    signs = "aZ9é日 -_.$/#\t\n" + "٣²"
    words = ["".join(draw.choices(signs, k=draw.randint(0, 4))) for _ in range(3000)]

    for key in [*words, "keyframes", "key_frames", "Keyframes", "$encord", ""]:
        assert (key_reason(key) is None) == _is_valid_metadata_key(key), key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("variant", "number"),
        ("variant", {"ty": "embedding", "size": 2}),
        (SOFT, "varchar"),
        (SOFT, HARD),
        ("number", SOFT),
        ("number", HARD),
        ({"ty": "enum", "values": ["a"]}, {"ty": "enum", "values": ["a", "b"]}),
        ({"ty": "varchar", "max_length": 5}, "varchar"),
        (HARD, HARD),
    ],
)
def test_a_key_may_change_so(old, new):
    changed = change(schema(key=old), key=new)

    assert (changed.types, changed.version) == (types(key=new), 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("number", "varchar", "the type of a key does not change from number to varchar; delete the key first"),
        ("number", "variant", "the type of a key does not change from number to variant"),
        ({"ty": "embedding", "size": 2}, {"ty": "embedding", "size": 3}, "the size of an embedding does not change"),
        (HARD, "number", "this key was deleted for good and never comes back"),
        (HARD, SOFT, "this key was deleted for good and never comes back"),
        ("varchar", SOFT, "deleted_ty must be what the key was: varchar"),
    ],
)
def test_a_key_may_not_change_so(old, new, said):
    with pytest.raises(Invalid) as refused:
        change(schema(key=old), key=new)

    (fault,) = refused.value.faults
    assert (fault.path, fault.reason[: len(said)]) == ("types.key", said)


def test_keys_that_an_import_leaves_out_are_deleted_softly():
    changed = change(schema(site="varchar", gone=HARD, back=SOFT), speed="number")

    assert changed.types == types(speed="number", site={"ty": "tombstone", "deleted_ty": VARCHAR}, gone=HARD, back=SOFT)


def test_a_schema_that_is_too_large_is_refused():
    values = [f"{number:03}" + "x" * 2000 for number in range(256)]

    with pytest.raises(Invalid, match="more than 262144 bytes"):
        change(schema(), key={"ty": "enum", "values": values})


def test_every_fault_of_a_row_and_its_frames_is_named():
    frames = {"2.0": {"weather": 5, "clip": [1, 2]}, "7": {"bad/key": 1}}
    said = {"site": 5, "night": "no", "$encord": {"frames": frames}}
    known = types(site="varchar", night="boolean", weather="text", clip={"ty": "embedding", "size": 2})

    found = read_row(said, known)

    assert [fault.path for fault in found.faults] == [
        "site",
        "night",
        "$encord.frames.2.0.weather",
        "$encord.frames.7.bad/key",
    ]


def test_a_rows_faults_become_one_line_that_counts_the_rest():
    found = read({f"n{number}": "x" for number in range(7)}, types(**{f"n{number}": "number" for number in range(7)}))

    path, said = in_row("videos[3].clientMetadata", found.faults, 5)

    assert path == "videos[3].clientMetadata.n0"
    assert said.startswith("expected a finite number, got 'x'; videos[3].clientMetadata.n1: expected a finite number")
    assert said.endswith("clientMetadata.n4: expected a finite number, got 'x'; and 2 more")
