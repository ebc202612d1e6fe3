"""Doorways of identity: who I am, the people of the organisation, credentials."""

from gloss import edge, wiring
from gloss.domain.access import OrgRole
from gloss.domain.identity import User
from gloss.domain.model import OrgId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import identifying
from gloss.services.identifying import Invitation, Issued, NewCredential

router = edge.router()


class PersonView(Value):
    """A person of the organisation."""

    id: UserId
    org_id: OrgId
    email: str
    org_role: OrgRole
    created_at: Timestamp

    @classmethod
    def of(cls, user: User) -> "PersonView":
        return cls(id=user.id, org_id=user.org_id, email=user.email, org_role=user.org_role, created_at=user.created_at)


class MeView(Value):
    """The caller."""

    user_id: UserId
    org_id: OrgId
    email: str
    org_role: OrgRole


class Revoked(Value):
    """The credential that is valid no more."""

    id: str


@router.get("/v1/me")
def me() -> MeView:
    caller = edge.caller()
    return MeView(user_id=caller.user_id, org_id=caller.org_id, email=caller.email, org_role=caller.org_role)


@router.get("/v1/users")
def list_people(limit: Limit = 100, token: Token = None) -> Listing[PersonView]:
    query = Query(index="by_parent", limit=limit, after=token)
    page = identifying.people(edge.caller(), query, wiring.store())
    return Listing(entries=[PersonView.of(user) for user in page.entries], next_token=page.next_token)


@router.post("/v1/users")
def invite(body: Invitation) -> PersonView:
    return PersonView.of(identifying.invite(body, edge.caller(), wiring.ports()))


@router.get("/v1/credentials")
def list_credentials() -> Listing[Issued]:
    return Listing(entries=identifying.credentials(edge.caller(), wiring.store()))


@router.post("/v1/credentials")
def issue(body: NewCredential) -> Issued:
    return identifying.issue(body, edge.caller(), wiring.ports())


@router.delete("/v1/credentials/<credential_id>")
def revoke(credential_id: str) -> Revoked:
    identifying.revoke(credential_id, edge.caller(), wiring.ports())
    return Revoked(id=credential_id)
