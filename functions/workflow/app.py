"""The workflow room: tasks, labels, issues and webhooks."""

from functions.workflow import issues, labels, tasks, webhooks
from gloss import edge

app = edge.app("workflow")
for room in (tasks, labels, issues, webhooks):
    app.include_router(room.router)

handler = edge.handler(app)
