"""Who is asking, and whether they may: credentials to callers, grants to roles."""

import hashlib
from collections.abc import Mapping, Sequence

from gloss.domain.access import Caller, OrgRole, Permission, Role, Scope, allow_organisation, allow_resource
from gloss.domain.errors import UnknownKey
from gloss.domain.identity import Grant, Ownership
from gloss.domain.model import Timestamp, UserId
from gloss.kinds.identity import CREDENTIALS, GRANTS, OWNERSHIPS, USERS, grant_key, ownership_key
from gloss.ports import Key, Save, Store

#: Path parameters whose resources have grants of their own, and the word that the grants use.
RESOURCES = {
    "project_id": "project",
    "folder_id": "folder",
    "dataset_id": "dataset",
    "ontology_id": "ontology",
    "integration_id": "integration",
    "template_id": "template",
}


def token_digest(token: str) -> str:
    """The id under which a bearer token's credential is stored: its SHA-256 as hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def identify(credential_id: str, now: Timestamp, store: Store) -> Caller:
    """The person whom a token's digest or a public key proves; raises Unauthenticated."""
    credential = store.find(CREDENTIALS, Key(f"CREDENTIAL#{credential_id}"))
    if credential is None:
        raise UnknownKey("This token or key is not known here.")
    credential.demand_valid(now)
    return person(credential.user_id, store)


def person(user_id: UserId, store: Store) -> Caller:
    """Somebody as the one who asks, for what goes on in their name after they asked; raises NotFound."""
    user = store.get(USERS, Key(f"USER#{user_id}"))
    return Caller(user_id=user.id, org_id=user.org_id, email=user.email, org_role=user.org_role)


def authorise(caller: Caller, permission: Permission, path: Mapping[str, str], store: Store) -> Caller:
    """The caller with their role on the path's resource; raises NotFound or Forbidden if they may not pass."""
    if permission.scope is Scope.ORGANISATION:
        allow_organisation(caller, permission)
        return caller
    known = caller.model_copy(update={"role": role_on(caller, resource_in(path), store)})
    allow_resource(known.role, permission)
    return known


def resource_in(path: Mapping[str, str]) -> str:
    """The resource whose grants count for a path, as `project:<id>`."""
    name = next(name for name in RESOURCES if name in path)
    return f"{RESOURCES[name]}:{path[name]}"


def role_on(caller: Caller, resource: str, store: Store) -> Role | None:
    """The caller's role on a resource of their organisation; an organisation's Admin is Admin of all but projects."""
    grant = store.find(GRANTS, grant_key(resource, caller.user_id))
    if grant is not None:
        return grant.role
    if caller.org_role is OrgRole.ADMIN and not resource.startswith("project:"):
        owned = store.find(OWNERSHIPS, ownership_key(resource))
        return Role.ADMIN if owned is not None and owned.org_id == caller.org_id else None
    return None


def roles_on(caller: Caller, resources: Sequence[str], store: Store) -> dict[str, Role]:
    """The caller's roles on many resources, none of them a project, where they have one."""
    grants = store.get_many(GRANTS, [grant_key(each, caller.user_id) for each in resources])
    roles = {grant.resource: grant.role for grant in grants}
    if caller.org_role is OrgRole.ADMIN:
        others = [ownership_key(each) for each in resources if each not in roles]
        owned = store.get_many(OWNERSHIPS, others)
        roles |= {each.resource: Role.ADMIN for each in owned if each.org_id == caller.org_id}
    return roles


def require(caller: Caller, resource: str, permission: Permission, store: Store) -> None:
    """For resources that the path does not name (an item's folder): raises NotFound or Forbidden."""
    allow_resource(role_on(caller, resource, store), permission)


def founding_grants(resource: str, caller: Caller, now: Timestamp) -> list[Save[Grant] | Save[Ownership]]:
    """What a new resource is saved with: that the organisation owns it, and its maker as its Admin."""
    maker = Grant(
        resource=resource,
        user_id=caller.user_id,
        org_id=caller.org_id,
        email=caller.email,
        role=Role.ADMIN,
        granted_at=now,
    )
    return [Save(OWNERSHIPS, Ownership(resource=resource, org_id=caller.org_id)), Save(GRANTS, maker)]
