"""The register room: folders, items, integrations and upload jobs."""

from functions.register import folders, integrations, items, jobs
from gloss import edge

app = edge.app("register")
for room in (folders, items, integrations, jobs):
    app.include_router(room.router)

handler = edge.handler(app)
