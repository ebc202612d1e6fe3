"""The workflow room: tasks, labels, their log, issues and webhooks."""

from functions.workflow import issues, labels, logs, scores, tasks, webhooks
from gloss import edge

app = edge.app("workflow")
for room in (tasks, labels, logs, scores, issues, webhooks):
    app.include_router(room.router)

handler = edge.handler(app)
