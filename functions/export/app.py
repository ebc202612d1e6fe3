"""The export room: exports and label versions."""

from functions.export import exports, versions
from gloss import edge

app = edge.app("export")
for room in (exports, versions):
    app.include_router(room.router)

handler = edge.handler(app)
