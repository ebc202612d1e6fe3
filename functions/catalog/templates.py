"""Doorways of workflow templates."""

from typing import Any

from gloss import edge, wiring
from gloss.domain.model import OrgId, TemplateId, Timestamp, UserId, Value
from gloss.domain.project import WorkflowTemplate
from gloss.domain.workflow import graph
from gloss.kinds.catalog import TEMPLATES
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import cataloguing, finding
from gloss.services.cataloguing import NewTemplate

router = edge.router()


class TemplateView(Value):
    """A workflow template; `graph` is its workflow's JSON."""

    id: TemplateId
    org_id: OrgId
    title: str
    description: str
    graph: dict[str, Any]
    created_by: UserId
    created_at: Timestamp

    @classmethod
    def of(cls, template: WorkflowTemplate) -> "TemplateView":
        shown = template.model_dump(exclude={"workflow", "version"})
        return cls.model_validate({**shown, "graph": graph.write(template.workflow)})


@router.post("/v1/workflow-templates")
def make_template(body: NewTemplate) -> TemplateView:
    return TemplateView.of(cataloguing.make_template(body, edge.caller(), wiring.ports()))


@router.get("/v1/workflow-templates")
def list_templates(limit: Limit = 100, token: Token = None) -> Listing[TemplateView]:
    page = finding.visible("template", TEMPLATES, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[TemplateView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/workflow-templates/<template_id>")
def get_template(template_id: str) -> TemplateView:
    return TemplateView.of(cataloguing.template(template_id, wiring.store()))
