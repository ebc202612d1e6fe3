"""Client metadata of a manifest row: what is plain, what is an embedding, and what `$encord` says of frames."""

from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AliasChoices, Field

from gloss.domain.errors import Fault
from gloss.domain.media import Metadata
from gloss.domain.model import Value
from gloss.domain.sampling import frame_at

MAX_KEYS = 256
MAX_KEY_LENGTH = 128
MAX_DIMENSIONS = 4096
PLATFORM_KEY = "$encord"
LEGACY_KEYFRAMES = "keyframes"
RESERVED = frozenset({PLATFORM_KEY, LEGACY_KEYFRAMES})
_SIGNS = str.maketrans("", "", "-_ .")

FrameRef = int | float | str


class Embedding(list[float]):
    """A list of numbers that the schema calls an embedding; any other list is plain metadata (decision 0014)."""


class SamplingConfig(Value):
    """`$encord.config`: samples a second, and whether frame references count frames or seconds."""

    sampling_rate: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = Field(
        default=None, validation_alias=AliasChoices("sampling_rate", "samplingRate")
    )
    keyframe_mode: Literal["frame", "seconds"] = Field(
        default="frame", validation_alias=AliasChoices("keyframe_mode", "keyframeMode")
    )


class FrameMarks(Value):
    """`$encord`: key frames, or what is said of each key frame."""

    config: SamplingConfig = SamplingConfig()
    frames: tuple[FrameRef, ...] | dict[str, Metadata] = ()


class Described(NamedTuple):
    """Client metadata taken apart."""

    metadata: Metadata
    embeddings: dict[str, list[float]]


class Marked(NamedTuple):
    """Frame marks of one video by frame number, with a warning for each that could not be placed."""

    keyframes: tuple[int, ...]
    frame_metadata: dict[int, Metadata]
    frame_embeddings: dict[int, dict[str, list[float]]]
    warnings: tuple[str, ...]


def described(client_metadata: Metadata) -> Described:
    """Plain metadata and embeddings of a row that was read by a schema; the platform's own keys are left out."""
    plain = {key: value for key, value in client_metadata.items() if key not in RESERVED}
    vectors: dict[str, list[float]] = {key: value for key, value in plain.items() if isinstance(value, Embedding)}
    return Described({key: value for key, value in plain.items() if key not in vectors}, vectors)


def metadata_faults(client_metadata: Metadata) -> tuple[Fault, ...]:
    """Everything that breaks a rule for keys or their number; what the values may be is the schema's to say."""
    return _key_faults(tuple(client_metadata))


def key_reason(key: str) -> str | None:
    """Why a key may not be one of the customer's, as the public SDK judges it; None when it may. Case counts."""
    bare = key.translate(_SIGNS)
    if len(key) > MAX_KEY_LENGTH:
        return f"a metadata key has at most {MAX_KEY_LENGTH} characters"
    if key.startswith("$") or bare == LEGACY_KEYFRAMES:
        return "this key is reserved"
    if not bare.isalnum():
        return "a metadata key consists of letters, digits, spaces, '-', '_' and '.', not of signs alone"
    return None


def mark_frames(marks: FrameMarks, fps: float, total: int) -> Marked:
    """The marks on a video of `total` frames; a mark outside it, or unreadable, is dropped with a warning."""
    said = marks.frames if isinstance(marks.frames, dict) else {str(ref): {} for ref in marks.frames}
    placed: dict[int, Metadata] = {}
    warnings = []
    for ref, content in said.items():
        frame = _frame_of(ref, marks.config.keyframe_mode, fps, total)
        if frame is None:
            warnings.append(f"key frame {ref} is not in the video, which has {total} frames; it was left out")
        else:
            placed.setdefault(frame, {}).update(content)
    parts = {frame: described(content) for frame, content in sorted(placed.items())}
    return Marked(
        tuple(parts),
        {frame: part.metadata for frame, part in parts.items() if part.metadata},
        {frame: part.embeddings for frame, part in parts.items() if part.embeddings},
        tuple(warnings),
    )


def frame_marks(client_metadata: Metadata) -> Any:
    """What the row says of frames, unparsed: `$encord`, or the older list under `keyframes`; None when nothing."""
    if PLATFORM_KEY in client_metadata:
        return client_metadata[PLATFORM_KEY]
    if LEGACY_KEYFRAMES in client_metadata:
        return {"frames": client_metadata[LEGACY_KEYFRAMES]}
    return None


def merged(old: Metadata, new: Metadata) -> Metadata:
    """`old` with the keys of `new`; an explicit null removes its key."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


def _frame_of(ref: str, mode: str, fps: float, total: int) -> int | None:
    number = _number(ref)
    if number is None or number < 0 or total <= 0:
        return None
    if mode == "seconds":
        return frame_at(number, fps, total)
    return int(number) if number.is_integer() and number < total else None


def _number(ref: str) -> float | None:
    try:
        number = float(ref)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


@lru_cache(maxsize=1024)
def _key_faults(keys: tuple[str, ...]) -> tuple[Fault, ...]:
    """Kept for the few sets of keys that the rows of one manifest have."""
    found = tuple(Fault(key, reason) for key in keys if key not in RESERVED and (reason := key_reason(key)))
    return found if len(keys) <= MAX_KEYS else (*found, Fault("", f"more than {MAX_KEYS} keys"))
