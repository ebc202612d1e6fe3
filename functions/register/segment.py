"""State Segment of registration: one segment of a long image sequence as a video."""

from gloss import edge, wiring
from gloss.services import segmenting
from gloss.services.segmenting import SegmentRef


@edge.state
def handler(work: SegmentRef) -> SegmentRef:
    return segmenting.segment(work, wiring.media, wiring.ports())
