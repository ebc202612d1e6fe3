"""The doorway of all that Gloss leaves out of the public SDK: each call is refused with what to do instead."""

from collections.abc import Callable

from gloss import edge
from gloss.domain.errors import NotOffered
from gloss.sdk.left_out import LEFT_OUT, LeftOut, refusal
from gloss.sdk.routes import V2

router = edge.router()


def _refusing(part: LeftOut) -> Callable[[], None]:
    def refuse() -> None:
        raise NotOffered(refusal(part))

    return refuse


for part in LEFT_OUT.values():
    for method, path in part.calls:
        shown = V2 + path.replace("{", "<").replace("}", ">")
        router.route(shown, method=method)(_refusing(part))
