"""Records of organisations, people, credentials and grants."""

from gloss.domain.identity import Credential, EmailClaim, Grant, Organisation, Ownership, User
from gloss.domain.model import Value
from gloss.ports import Key, Kind

#: An organisation by id.
ORGANISATIONS = Kind("organisation", Organisation, lambda it: Key(f"ORG#{it.id}"))

#: A person by id; the people of an organisation by e-mail (by_parent).
USERS = Kind(
    "user",
    User,
    lambda it: Key(f"USER#{it.id}"),
    {"by_parent": lambda it: Key(f"ORG#{it.org_id}#USERS", it.email)},
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


def ownership_key(resource: str) -> Key:
    """Where it is written whose resource this is."""
    return Key(f"GRANTS#{resource}", "ORG")
