"""Doorways of the people with a role on a project, dataset, ontology or workflow template."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.domain.identity import Grant
from gloss.domain.model import ProjectId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import staffing, vacating
from gloss.services.staffing import ChangedMember, NewMember

router = edge.router()


class MemberView(Value):
    """Somebody with a role."""

    user_id: UserId
    email: str
    role: Role
    granted_at: Timestamp

    @classmethod
    def of(cls, grant: Grant) -> "MemberView":
        return cls(user_id=grant.user_id, email=grant.email, role=grant.role, granted_at=grant.granted_at)


@router.get("/v1/projects/<project_id>/members")
def list_project_members(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[MemberView]:
    return _listing(f"project:{project_id}", Query(limit=limit, after=token))


@router.post("/v1/projects/<project_id>/members")
def add_project_member(project_id: str, body: NewMember) -> MemberView:
    return MemberView.of(staffing.add(f"project:{project_id}", body, edge.caller(), wiring.ports()))


@router.patch("/v1/projects/<project_id>/members/<user_id>")
def change_project_member(project_id: str, user_id: str, body: ChangedMember) -> MemberView:
    return MemberView.of(staffing.change(f"project:{project_id}", user_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/projects/<project_id>/members/<user_id>")
def remove_project_member(project_id: str, user_id: str) -> MemberView:
    return MemberView.of(vacating.remove(ProjectId(project_id), UserId(user_id), edge.caller(), wiring.ports()))


@router.get("/v1/datasets/<dataset_id>/members")
def list_dataset_members(dataset_id: str, limit: Limit = 100, token: Token = None) -> Listing[MemberView]:
    return _listing(f"dataset:{dataset_id}", Query(limit=limit, after=token))


@router.post("/v1/datasets/<dataset_id>/members")
def add_dataset_member(dataset_id: str, body: NewMember) -> MemberView:
    return MemberView.of(staffing.add(f"dataset:{dataset_id}", body, edge.caller(), wiring.ports()))


@router.patch("/v1/datasets/<dataset_id>/members/<user_id>")
def change_dataset_member(dataset_id: str, user_id: str, body: ChangedMember) -> MemberView:
    return MemberView.of(staffing.change(f"dataset:{dataset_id}", user_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/datasets/<dataset_id>/members/<user_id>")
def remove_dataset_member(dataset_id: str, user_id: str) -> MemberView:
    return MemberView.of(staffing.remove(f"dataset:{dataset_id}", user_id, edge.caller(), wiring.ports()))


@router.get("/v1/ontologies/<ontology_id>/members")
def list_ontology_members(ontology_id: str, limit: Limit = 100, token: Token = None) -> Listing[MemberView]:
    return _listing(f"ontology:{ontology_id}", Query(limit=limit, after=token))


@router.post("/v1/ontologies/<ontology_id>/members")
def add_ontology_member(ontology_id: str, body: NewMember) -> MemberView:
    return MemberView.of(staffing.add(f"ontology:{ontology_id}", body, edge.caller(), wiring.ports()))


@router.patch("/v1/ontologies/<ontology_id>/members/<user_id>")
def change_ontology_member(ontology_id: str, user_id: str, body: ChangedMember) -> MemberView:
    return MemberView.of(staffing.change(f"ontology:{ontology_id}", user_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/ontologies/<ontology_id>/members/<user_id>")
def remove_ontology_member(ontology_id: str, user_id: str) -> MemberView:
    return MemberView.of(staffing.remove(f"ontology:{ontology_id}", user_id, edge.caller(), wiring.ports()))


@router.get("/v1/workflow-templates/<template_id>/members")
def list_template_members(template_id: str, limit: Limit = 100, token: Token = None) -> Listing[MemberView]:
    return _listing(f"template:{template_id}", Query(limit=limit, after=token))


@router.post("/v1/workflow-templates/<template_id>/members")
def add_template_member(template_id: str, body: NewMember) -> MemberView:
    return MemberView.of(staffing.add(f"template:{template_id}", body, edge.caller(), wiring.ports()))


@router.patch("/v1/workflow-templates/<template_id>/members/<user_id>")
def change_template_member(template_id: str, user_id: str, body: ChangedMember) -> MemberView:
    return MemberView.of(staffing.change(f"template:{template_id}", user_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/workflow-templates/<template_id>/members/<user_id>")
def remove_template_member(template_id: str, user_id: str) -> MemberView:
    return MemberView.of(staffing.remove(f"template:{template_id}", user_id, edge.caller(), wiring.ports()))


@router.post("/v1/projects/<project_id>/join")
def join_project(project_id: str) -> MemberView:
    return MemberView.of(staffing.join(project_id, edge.caller(), wiring.ports()))


def _listing(resource: str, query: Query) -> Listing[MemberView]:
    page = staffing.members(resource, query, wiring.store())
    return Listing(entries=[MemberView.of(each) for each in page.entries], next_token=page.next_token)
