"""A whole manifest as a stream of rows: units and row faults in order, then flags and warnings."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from gloss.domain.errors import Fault, Invalid
from gloss.domain.manifest.checking import ARRAYS
from gloss.domain.manifest.plain import Origin, Part, Run, told_apart
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


class Manifest(Protocol):
    """A manifest of any format; once its parts are read to the end, `flags` and `warnings` are complete."""

    flags: Flags
    warnings: list[str]

    def parts(self) -> Iterator[Part]:
        """Every row once, plain ones in runs; raises Malformed with the place where it cannot be read on."""
        ...


class JsonManifest:
    """A JSON manifest; row numbers run through the whole of it from 0.

    Raises Malformed (line and column) when it is not JSON, Invalid when a top-level key is unknown.
    """

    def __init__(self, chunks: Iterable[bytes], lenient: bool = False) -> None:
        self._members = Scanner(chunks, lenient).members()
        self._seen: list[str] = []
        self._row = 0
        self._places: dict[str, int] = {}
        self.flags = Flags()
        self.warnings: list[str] = []

    def parts(self) -> Iterator[Part]:
        """One unit or fault for each array element, plain ones in runs."""
        for members in self._members:
            if members.opens or not members.in_array:
                self._notice(members.key)
            if members.in_array:
                yield from self._parts(members)
            else:
                self._set_flag(members.key, members.values[0])

    def _parts(self, members: Members) -> Iterator[Part]:
        origin = Origin(members.key, self._row, self._places.get(members.key, 0), members.lines)
        after = origin.part(len(members.values))
        self._row, self._places[members.key] = after.row, after.place
        return told_apart(members.values, members.texts, origin)

    def _notice(self, key: str) -> None:
        if key not in ARRAYS and key not in FLAGS:
            raise unknown_key(key)
        if key in self._seen:
            self.warnings.append(f"the key {key} occurs more than once; what stands there was joined")
        self._seen.append(key)

    def _set_flag(self, key: str, said: object) -> None:
        if key in ARRAYS:
            raise Invalid(f"{key} must be an array.", [Fault(key, "an array was expected")])
        self.flags = self.flags.model_copy(update={FLAGS[key]: flag(key, said)})


def flag(key: str, said: object) -> bool:
    """What a flag says; raises Invalid when that is neither true nor false."""
    try:
        return _BOOL.validate_python(said)
    except ValidationError:
        raise Invalid(f"{key} must be true or false.", [Fault(key, "true or false was expected")]) from None


def rows(manifest: Manifest) -> Iterator[Unit | RowFault]:
    """Every row as a unit or a fault."""
    for part in manifest.parts():
        if isinstance(part, Run):
            yield from part.rows()
        else:
            yield part


def unknown_key(key: str) -> Invalid:
    """The refusal of a top-level key that is neither an array of units nor a flag."""
    known = ", ".join(sorted({*ARRAYS, *FLAGS}))
    return Invalid(f"The manifest has an unknown key {key!r}.", [Fault(key, f"unknown; known keys are {known}")])
