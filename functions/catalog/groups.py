"""Doorways of the organisation's groups and of the people in them."""

from gloss import edge, wiring
from gloss.domain.identity import Group, Membership
from gloss.domain.model import GroupId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import grouping
from gloss.services.grouping import ChangedGroup, NewGroup, People

router = edge.router()


class GroupView(Value):
    """A group of people."""

    id: GroupId
    name: str
    description: str
    created_by: UserId
    created_at: Timestamp

    @classmethod
    def of(cls, group: Group) -> "GroupView":
        return cls.model_validate(group.model_dump(include=set(cls.model_fields)))


class DeletedGroup(Value):
    """The group that is no more."""

    id: str


class InsideView(Value):
    """Somebody in a group."""

    user_id: UserId
    email: str
    since: Timestamp

    @classmethod
    def of(cls, member: Membership) -> "InsideView":
        return cls(user_id=member.user_id, email=member.email, since=member.since)


@router.get("/v1/groups")
def list_groups(limit: Limit = 100, token: Token = None) -> Listing[GroupView]:
    page = grouping.page(edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[GroupView.of(group) for group in page.entries], next_token=page.next_token)


@router.post("/v1/groups")
def make_group(body: NewGroup) -> GroupView:
    return GroupView.of(grouping.make(body, edge.caller(), wiring.ports()))


@router.get("/v1/groups/<group_id>")
def get_group(group_id: str) -> GroupView:
    return GroupView.of(grouping.found(group_id, edge.caller(), wiring.store()))


@router.patch("/v1/groups/<group_id>")
def change_group(group_id: str, body: ChangedGroup) -> GroupView:
    return GroupView.of(grouping.change(group_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/groups/<group_id>")
def delete_group(group_id: str) -> DeletedGroup:
    grouping.delete(group_id, edge.caller(), wiring.ports())
    return DeletedGroup(id=group_id)


@router.get("/v1/groups/<group_id>/users")
def list_group_users(group_id: str, limit: Limit = 100, token: Token = None) -> Listing[InsideView]:
    return _inside(group_id, Query(limit=limit, after=token))


@router.post("/v1/groups/<group_id>/users")
def add_group_users(group_id: str, body: People) -> Listing[InsideView]:
    grouping.add(group_id, body, edge.caller(), wiring.ports())
    return _inside(group_id, Query(limit=1000))


@router.post("/v1/groups/<group_id>/users/remove")
def remove_group_users(group_id: str, body: People) -> Listing[InsideView]:
    grouping.remove(group_id, body, edge.caller(), wiring.ports())
    return _inside(group_id, Query(limit=1000))


def _inside(group_id: str, query: Query) -> Listing[InsideView]:
    page = grouping.page_of(group_id, edge.caller(), query, wiring.store())
    return Listing(entries=[InsideView.of(member) for member in page.entries], next_token=page.next_token)
