"""Who is asking, and whether they may: credentials to callers, grants to roles."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gloss.domain.access import (
    UNSEEN,
    Caller,
    OrgRole,
    Permission,
    Role,
    Scope,
    allow_organisation,
    allow_resource,
    together,
)
from gloss.domain.errors import NotFound, Unauthenticated, UnknownKey
from gloss.domain.identity import Credential, Grant, Held, Ownership, User
from gloss.domain.model import GroupId, Timestamp, UserId
from gloss.kinds.catalog import DATASETS, ONTOLOGIES, PROJECTS, TEMPLATES
from gloss.kinds.identity import (
    CREDENTIALS,
    GRANTS,
    HELD,
    OWNERSHIPS,
    USERS,
    grant_key,
    group_grant_key,
    ownership_key,
)
from gloss.kinds.register import FOLDERS, INTEGRATIONS
from gloss.ports import Key, Kind, Save, Store
from gloss.remembering import Remembering

#: Path parameters whose resources have grants of their own, and the word that the grants use.
RESOURCES = {
    "project_id": "project",
    "folder_id": "folder",
    "dataset_id": "dataset",
    "ontology_id": "ontology",
    "integration_id": "integration",
    "template_id": "template",
}


#: The records of these resources.
RECORDS: Mapping[str, Kind[Any]] = {
    "project": PROJECTS,
    "folder": FOLDERS,
    "dataset": DATASETS,
    "ontology": ONTOLOGIES,
    "integration": INTEGRATIONS,
    "template": TEMPLATES,
}


def token_digest(token: str) -> str:
    """The id under which a bearer token's credential is stored: its SHA-256 as hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def proven(credential_id: str, now: Timestamp, store: Store) -> Credential:
    """What a token's digest or a public key is; raises Unauthenticated, also when what it stands on has ended."""
    credential = _valid(credential_id, now, store)
    if credential.stands_on is not None:
        _valid(credential.stands_on, now, store)
    return credential


def _valid(credential_id: str, now: Timestamp, store: Store) -> Credential:
    credential = store.find(CREDENTIALS, Key(f"CREDENTIAL#{credential_id}"))
    if credential is None:
        raise UnknownKey("This token or key is not known here.")
    credential.demand_valid(now)
    return credential


def asking(user: User | None, credential: Credential) -> Caller:
    """A person as the one who asks; raises Unauthenticated when they are not here any more."""
    if user is None or user.left_at is not None:
        raise Unauthenticated("Whom this proves has left the organisation.")
    return _caller(user).model_copy(update={"credential": credential.root})


def person(user_id: UserId, store: Store) -> Caller:
    """Somebody as the one who asks, for what goes on in their name after they asked; raises NotFound."""
    user = store.get(USERS, Key(f"USER#{user_id}"))
    if user.left_at is not None:
        raise NotFound(UNSEEN)
    return _caller(user)


def _caller(user: User) -> Caller:
    return Caller(user_id=user.id, org_id=user.org_id, email=user.email, org_role=user.org_role, groups=user.groups)


def authorise(caller: Caller, permission: Permission, path: Mapping[str, str], store: Store) -> Caller:
    """The caller with their role on the path's resource; raises NotFound or Forbidden if they may not pass."""
    if permission.scope is Scope.ORGANISATION:
        allow_organisation(caller, permission)
        return caller
    resource = resource_in(path)
    _look_up(resource, caller, store)
    known = caller.model_copy(update={"role": role_on(caller, resource, store)})
    allow_resource(known.role, permission)
    return known


def _look_up(resource: str, caller: Caller, store: Store) -> None:
    """Read the resource with the roles on it, since who may pass will ask for it: a request's store remembers both."""
    if isinstance(store, Remembering):
        word, _, id_ = resource.partition(":")
        store.find_each(
            (RECORDS[word], Key(f"{word.upper()}#{id_}")), *((HELD, key) for key in _keys(resource, caller))
        )


def resource_in(path: Mapping[str, str]) -> str:
    """The resource whose grants count for a path, as `project:<id>`."""
    name = next(name for name in RESOURCES if name in path)
    return f"{RESOURCES[name]}:{path[name]}"


def role_on(caller: Caller, resource: str, store: Store) -> Role | None:
    """The caller's role on a resource, their own or a group's; an organisation's Admin is Admin of all but projects."""
    return roles_on(caller, [resource], store).get(resource)


def roles_on(caller: Caller, resources: Sequence[str], store: Store) -> dict[str, Role]:
    """The caller's roles on many resources, where they have one, read at once."""
    held = defaultdict(list)
    for it in store.get_many(HELD, [key for each in resources for key in _keys(each, caller)]):
        held[it.resource].append(it)
    roles = {resource: _role(caller, resource, those) for resource, those in held.items()}
    return {resource: role for resource, role in roles.items() if role is not None}


def roles_of(people: Iterable[UserId], resource: str, store: Store) -> dict[UserId, Role]:
    """The roles that people have on one resource, their own or a group's, where they have one."""
    asked = sorted(set(people))
    users = {user.id: user for user in store.get_many(USERS, [Key(f"USER#{id_}") for id_ in asked])}
    keys = {id_: _own_keys(resource, id_, users[id_].groups if id_ in users else ()) for id_ in asked}
    given = _given([key for those in keys.values() for key in those], store)
    there = (id_ for id_ in asked if id_ not in users or users[id_].left_at is None)
    roles = ((id_, together(given[key] for key in keys[id_] if key in given)) for id_ in there)
    return {id_: role for id_, role in roles if role is not None}


def _given(keys: Sequence[Key], store: Store) -> dict[Key, Role]:
    """The roles that lie there."""
    return {HELD.key(it): it.role for it in store.get_many(HELD, keys) if it.role is not None}


def as_now(caller: Caller, resource: str, store: Store) -> Caller:
    """Somebody who asked for long work, with the groups, and the role on its resource, that they have now."""
    user = store.find(USERS, Key(f"USER#{caller.user_id}"))
    if user is not None and user.left_at is not None:
        return caller.model_copy(update={"role": None})
    present = caller.model_copy(update={"groups": user.groups}) if user else caller
    return present.model_copy(update={"role": role_on(present, resource, store)})


def _own_keys(resource: str, user_id: UserId, groups: Sequence[GroupId]) -> list[Key]:
    return [grant_key(resource, user_id), *(group_grant_key(resource, group_id) for group_id in groups)]


def _keys(resource: str, caller: Caller) -> list[Key]:
    """Where it is written what the caller may do with a resource; a project's ownership tells that it was deleted."""
    own = _own_keys(resource, caller.user_id, caller.groups)
    counts = caller.org_role is OrgRole.ADMIN or _is_project(resource)
    return [*own, ownership_key(resource)] if counts else own


def _role(caller: Caller, resource: str, held: Sequence[Held]) -> Role | None:
    if any(it.deleted_at is not None for it in held):
        return None
    given = together(it.role for it in held if it.role is not None)
    is_admin = caller.org_role is OrgRole.ADMIN and not _is_project(resource)
    owns = is_admin and any(it.role is None and it.org_id == caller.org_id for it in held)
    return Role.ADMIN if given is None and owns else given


def _is_project(resource: str) -> bool:
    return resource.startswith("project:")


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
