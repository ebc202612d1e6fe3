"""The catalog room: identity, groups, tags, datasets, ontologies, workflow templates, projects and their people."""

from functions.catalog import datasets, entrusted, groups, identity, members, ontologies, projects, tags, templates
from gloss import edge

app = edge.app("catalog")
for room in (identity, groups, tags, datasets, ontologies, templates, projects, members, entrusted):
    app.include_router(room.router)

handler = edge.handler(app)
