"""Doorways of a project's people."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.domain.identity import Grant
from gloss.domain.model import Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import staffing
from gloss.services.staffing import ChangedMember, NewMember

router = edge.router()


class MemberView(Value):
    """Somebody with a role on the project."""

    user_id: UserId
    email: str
    role: Role
    granted_at: Timestamp

    @classmethod
    def of(cls, grant: Grant) -> "MemberView":
        return cls(user_id=grant.user_id, email=grant.email, role=grant.role, granted_at=grant.granted_at)


@router.get("/v1/projects/<project_id>/members")
def list_members(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[MemberView]:
    page = staffing.members(project_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[MemberView.of(each) for each in page.entries], next_token=page.next_token)


@router.post("/v1/projects/<project_id>/members")
def add_member(project_id: str, body: NewMember) -> MemberView:
    return MemberView.of(staffing.add(project_id, body, edge.caller(), wiring.ports()))


@router.patch("/v1/projects/<project_id>/members/<user_id>")
def change_member(project_id: str, user_id: str, body: ChangedMember) -> MemberView:
    return MemberView.of(staffing.change(project_id, user_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/projects/<project_id>/members/<user_id>")
def remove_member(project_id: str, user_id: str) -> MemberView:
    return MemberView.of(staffing.remove(project_id, user_id, edge.caller(), wiring.ports()))


@router.post("/v1/projects/<project_id>/join")
def join_project(project_id: str) -> MemberView:
    return MemberView.of(staffing.join(project_id, edge.caller(), wiring.ports()))
