"""The poll room: requests of the public SDK that are held until something is over; it loops without a pause."""

from functions.poll import answers, jobs, syncs
from gloss import edge
from gloss.sdk.doors import door_of

app = edge.app("poll", door_of)
for room in (answers, jobs, syncs):
    app.include_router(room.router)

handler = edge.handler(app, door_of)
