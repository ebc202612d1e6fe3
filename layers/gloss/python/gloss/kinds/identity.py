"""Records of organisations, people, credentials and grants."""

from gloss.domain.identity import (
    Credential,
    EmailClaim,
    Grant,
    Group,
    GroupGrant,
    Held,
    Membership,
    Organisation,
    Ownership,
    Tag,
    User,
)
from gloss.domain.model import Value
from gloss.ports import Key, Kind

#: An organisation by id.
ORGANISATIONS = Kind("organisation", Organisation, lambda it: Key(f"ORG#{it.id}"))

#: A person by id; the people of an organisation by e-mail (by_parent).
USERS = Kind(
    "user",
    User,
    lambda it: Key(f"USER#{it.id}"),
    {"by_parent": lambda it: None if it.left_at else Key(f"ORG#{it.org_id}#USERS", it.email)},
)

#: The person who has an e-mail address; its absence is what makes an address free.
EMAILS = Kind("e-mail address", EmailClaim, lambda it: Key(f"EMAIL#{it.email}"))

#: The person whom a token or key proves; a person's credentials (by_owner).
CREDENTIALS = Kind(
    "credential",
    Credential,
    lambda it: Key(f"CREDENTIAL#{it.id}"),
    {"by_owner": lambda it: Key(f"USER#{it.user_id}#CREDENTIALS", it.id)},
)

#: A person's role on a resource, and everybody with a role on it; the resources that a person may see (by_owner).
GRANTS = Kind(
    "grant",
    Grant,
    lambda it: grant_key(it.resource, it.user_id),
    {"by_owner": lambda it: Key(f"USER#{it.user_id}#GRANTS", it.resource)},
)


#: The organisation of a resource; all resources of one sort that an organisation has (by_parent).
OWNERSHIPS = Kind(
    "ownership",
    Ownership,
    lambda it: ownership_key(it.resource),
    {"by_parent": lambda it: Key(f"ORG#{it.org_id}#OWNS", it.resource)},
)


#: A group by id; the groups of an organisation by name (by_parent).
GROUPS = Kind(
    "group",
    Group,
    lambda it: Key(f"GROUP#{it.id}"),
    {"by_parent": lambda it: None if it.deleted_at else Key(f"ORG#{it.org_id}#GROUPS", f"{it.name}#{it.id}")},
)

#: Everybody who is in a group.
MEMBERSHIPS = Kind("membership", Membership, lambda it: membership_key(it.group_id, it.user_id))

#: A group's role on a resource, beside those of people; the resources that a group has a role on (by_owner).
GROUP_GRANTS = Kind(
    "group grant",
    GroupGrant,
    lambda it: group_grant_key(it.resource, it.group_id),
    {"by_owner": lambda it: Key(f"GROUP#{it.group_id}#GRANTS", it.resource)},
)

#: Grants, group grants and ownership of a resource, read at once for who asks; never written as such.
HELD = Kind("held role", Held, lambda it: _held_key(it))

#: A tag by organisation and name, so that there is one of a name; all tags of an organisation.
TAGS = Kind("tag", Tag, lambda it: tag_key(it.org_id, it.name))


class Receipt(Value):
    """The answer that an Idempotency-Key got, and the digest of the request that got it."""

    id: str
    request_digest: str
    status: int
    body: str
    expires: int


#: The answer that was given under a caller's Idempotency-Key.
RECEIPTS = Kind("receipt", Receipt, lambda it: Key(f"RECEIPT#{it.id}"))


def grant_key(resource: str, user_id: str) -> Key:
    """Where a person's role on a resource lies."""
    return Key(f"GRANTS#{resource}", f"USER#{user_id}")


def group_grant_key(resource: str, group_id: str) -> Key:
    """Where a group's role on a resource lies."""
    return Key(f"GRANTS#{resource}", f"GROUP#{group_id}")


def members_of(group_id: str) -> str:
    """The partition of the people in a group."""
    return f"GROUP#{group_id}#MEMBERS"


def membership_key(group_id: str, user_id: str) -> Key:
    """Where it lies that somebody is in a group."""
    return Key(members_of(group_id), user_id)


def tags_of(org_id: str) -> str:
    """The partition of an organisation's tags."""
    return f"ORG#{org_id}#TAGS"


def tag_key(org_id: str, name: str) -> Key:
    """Where a tag lies."""
    return Key(tags_of(org_id), name.casefold())


def _held_key(held: Held) -> Key:
    if held.group_id is not None:
        return group_grant_key(held.resource, held.group_id)
    return ownership_key(held.resource) if held.user_id is None else grant_key(held.resource, held.user_id)


def ownership_key(resource: str) -> Key:
    """Where it is written whose resource this is."""
    return Key(f"GRANTS#{resource}", "ORG")
