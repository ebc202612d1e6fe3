"""Doorways of the reports, and the health check."""

from functions.report import description, overview, times
from gloss import edge

app = edge.app("report")
app.include_router(description.router)
app.include_router(overview.router)
app.include_router(times.router)


@app.get("/v1/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


handler = edge.handler(app)
