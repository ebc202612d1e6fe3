"""What the SDK asks of data groups."""

import re
from collections.abc import Sequence
from typing import Final

from gloss.domain.access import Caller
from gloss.domain.data_group import MOST_GROUPS
from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import FolderId
from gloss.ports import Ports
from gloss.sdk.refusing import as_illegal
from gloss.sdk.storage.group_shapes import DataGroupDto
from gloss.services import combining
from gloss.services.combining import Combining

_GROUP: Final = re.compile(r"^groups(\[\d+\])")
_MEMBER: Final = re.compile(r"\.members\[(\d+)\](\.\w+)?")
#: Where the client has what we call otherwise.
_NAMES: Final = {".metadata": ".clientMetadata", ".tree": ".layout", ".title": ".name"}


def make(folder_id: FolderId, wanted: Sequence[DataGroupDto], caller: Caller, ports: Ports) -> list[str]:
    """New data groups, in the order of the request; raises Invalid with paths as the client has them."""
    if not 1 <= len(wanted) <= MOST_GROUPS:
        raise Invalid(f"One request makes 1 to {MOST_GROUPS} data groups; send the others after it.")
    try:
        groups = tuple(each.wanted(f"groups[{at}]") for at, each in enumerate(wanted))
        with as_illegal():
            made = combining.combine(folder_id, Combining(groups=groups), caller, ports)
    except Invalid as refused:
        raise Invalid(refused.message, [_as_sent(each, wanted) for each in refused.faults]) from None
    return [each.id for each in made]


def _as_sent(fault: Fault, wanted: Sequence[DataGroupDto]) -> Fault:
    found = _GROUP.match(fault.path)
    group = wanted[int(found[1][1:-1])] if found else None
    path = _MEMBER.sub(lambda member: _member(int(member[1]), group), _GROUP.sub(r"\1", fault.path))
    for ours, theirs in _NAMES.items():
        path = path.replace(ours, theirs)
    return Fault(path, fault.reason)


def _member(at: int, group: DataGroupDto | None) -> str:
    said = None if group is None else group.layout_contents
    return f".layoutContents.{[*said][at]}" if isinstance(said, dict) else f".layoutContents[{at}]"
