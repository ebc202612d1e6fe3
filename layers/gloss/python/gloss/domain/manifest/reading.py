"""A whole manifest as a stream of rows: units and row faults in order, then flags and warnings."""

from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter, ValidationError

from gloss.domain.errors import Fault, Invalid
from gloss.domain.manifest.checking import ARRAYS, unit_of
from gloss.domain.manifest.scanning import Members, Scanner
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.model import Value

FLAGS = {
    "skip_duplicate_urls": "skip_duplicate_urls",
    "skipDuplicateUrls": "skip_duplicate_urls",
    "upsert_metadata": "upsert_metadata",
    "upsertMetadata": "upsert_metadata",
}
_BOOL = TypeAdapter(bool)


class Flags(Value):
    """What holds for every row: skip URLs that the folder has, and then update their metadata."""

    skip_duplicate_urls: bool = False
    upsert_metadata: bool = False


class JsonManifest:
    """A JSON manifest; iterate `rows` to the end, then `flags` and `warnings` are complete.

    `rows` raises Malformed (line and column) when it is not JSON, Invalid when a top-level key is unknown.
    """

    def __init__(self, chunks: Iterable[bytes], lenient: bool = False) -> None:
        self._members = Scanner(chunks, lenient).members()
        self._seen: list[str] = []
        self._row = 0
        self._places: dict[str, int] = {}
        self.flags = Flags()
        self.warnings: list[str] = []

    def rows(self) -> Iterator[Unit | RowFault]:
        """One unit or fault for each array element; row numbers run through the whole manifest from 0."""
        for members in self._members:
            if members.opens or not members.in_array:
                self._notice(members.key)
            if members.in_array:
                yield from self._units(members)
            else:
                self._set_flag(members.key, members.values[0])

    def _units(self, members: Members) -> Iterator[Unit | RowFault]:
        key, row = members.key, self._row
        kind, place = ARRAYS[key], self._places.get(key, 0)
        for at, raw in enumerate(members.values):
            yield unit_of(kind, raw, row + at, f"{key}[{place + at}]")
        self._row += len(members.values)
        self._places[key] = place + len(members.values)

    def _notice(self, key: str) -> None:
        if key not in ARRAYS and key not in FLAGS:
            raise unknown_key(key)
        if key in self._seen:
            self.warnings.append(f"the key {key} occurs more than once; what stands there was joined")
        self._seen.append(key)

    def _set_flag(self, key: str, said: object) -> None:
        if key in ARRAYS:
            raise Invalid(f"{key} must be an array.", [Fault(key, "an array was expected")])
        try:
            value = _BOOL.validate_python(said)
        except ValidationError:
            reason = "true or false was expected"
            raise Invalid(f"{key} must be true or false.", [Fault(key, reason)]) from None
        self.flags = self.flags.model_copy(update={FLAGS[key]: value})


def unknown_key(key: str) -> Invalid:
    """The refusal of a top-level key that is neither an array of units nor a flag."""
    known = ", ".join(sorted({*ARRAYS, *FLAGS}))
    return Invalid(f"The manifest has an unknown key {key!r}.", [Fault(key, f"unknown; known keys are {known}")])
