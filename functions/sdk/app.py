"""The sdk room: the public SDK's door, v2 routes and the two legacy URLs."""

from functions.sdk import (
    active,
    analytics,
    datasets,
    folders,
    groups,
    index,
    issues,
    items,
    labels,
    left_out,
    legacy,
    metadata,
    ontologies,
    organisation,
    projects,
    registration,
    syncs,
    workflow,
)
from gloss import edge
from gloss.sdk.doors import door_of

app = edge.app("sdk", door_of)
for room in (
    legacy,
    projects,
    ontologies,
    workflow,
    analytics,
    issues,
    folders,
    items,
    registration,
    syncs,
    datasets,
    organisation,
    groups,
    metadata,
    active,
    labels,
    index,
    left_out,
):
    app.include_router(room.router)

handler = edge.handler(app, door_of)
