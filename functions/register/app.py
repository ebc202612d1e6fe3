"""The register room: folders, items, integrations, upload jobs and the metadata schema."""

from functions.register import folders, integrations, items, jobs, metadata, sync, uploads
from gloss import edge

app = edge.app("register")
for room in (folders, items, integrations, jobs, metadata, sync, uploads):
    app.include_router(room.router)

handler = edge.handler(app)
