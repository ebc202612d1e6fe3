"""The catalog room: identity, datasets, ontologies, workflow templates, projects and their people."""

from functions.catalog import datasets, identity, members, ontologies, projects, templates
from gloss import edge

app = edge.app("catalog")
for room in (identity, datasets, ontologies, templates, projects, members):
    app.include_router(room.router)

handler = edge.handler(app)
