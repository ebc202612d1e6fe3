"""Doorways of staged imports."""

from gloss import edge, wiring
from gloss.domain.imports import NewImport
from gloss.domain.model import ImportId, ProjectId
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import importing
from gloss.services.importing import ImportView

app = edge.app("import_stages")


@app.post("/v1/projects/<project_id>/imports")
def begin_import(project_id: str, body: NewImport) -> ImportView:
    return importing.begin(ProjectId(project_id), body, edge.caller(), wiring.ports())


@app.get("/v1/projects/<project_id>/imports")
def list_imports(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[ImportView]:
    page = importing.page(ProjectId(project_id), Query(limit=limit, after=token), wiring.ports())
    views = [importing.view(each, wiring.ports()) for each in page.entries]
    return Listing(entries=views, next_token=page.next_token)


@app.get("/v1/projects/<project_id>/imports/<import_id>")
def get_import(project_id: str, import_id: str) -> ImportView:
    return importing.read(ProjectId(project_id), ImportId(import_id), wiring.ports())


@app.post("/v1/projects/<project_id>/imports/<import_id>/resume")
def resume_import(project_id: str, import_id: str) -> ImportView:
    return importing.resume(ProjectId(project_id), ImportId(import_id), wiring.ports())


handler = edge.handler(app)
