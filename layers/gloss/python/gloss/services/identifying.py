"""People and their credentials: inviting, issuing tokens, registering keys, revoking."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from secrets import token_urlsafe

from pydantic import Field

from gloss.domain.access import UNSEEN, Caller, OrgRole
from gloss.domain.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Stale
from gloss.domain.identity import Credential, CredentialKind, Email, EmailClaim, User
from gloss.domain.model import Timestamp, Title, UserId, Value
from gloss.kinds.identity import CREDENTIALS, EMAILS, GRANTS, MEMBERSHIPS, USERS, membership_key
from gloss.ports import Demand, Erase, Key, Page, Ports, Query, Save, Store
from gloss.sdk.signatures import public_key_of
from gloss.services import making
from gloss.services.authorising import token_digest

MAX_DAYS = 366
DEFAULT_DAYS = 90


class Invitation(Value):
    """Whom to add to the organisation."""

    email: Email
    org_role: OrgRole = OrgRole.MEMBER
    external: bool = False


class NewCredential(Value):
    """A bearer token to issue, or with `public_key` (an `ssh-ed25519 …` line) a key to register, for so many days.

    Without `days` a token is valid for 90 days, a key until it is revoked.
    """

    title: Title
    days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    public_key: str | None = Field(default=None, max_length=1024)
    user_id: UserId | None = None


class Issued(Value):
    """A credential; `token` is shown this once and stored only as its digest."""

    id: str
    kind: CredentialKind
    title: str
    expires_at: Timestamp | None
    token: str | None


def invite(invitation: Invitation, caller: Caller, ports: Ports) -> User:
    """Add a person; raises Conflict when the e-mail address is taken."""
    if invitation.org_role is OrgRole.ADMIN and caller.org_role is not OrgRole.ADMIN:
        raise Forbidden("Only an Admin of the organisation makes another Admin.")
    user = User(
        id=UserId(ports.ids.new()),
        org_id=caller.org_id,
        email=invitation.email,
        org_role=invitation.org_role,
        external=invitation.external,
        created_at=ports.clock.now(),
    )
    try:
        return making.once(USERS, user, ports.store, [Save(EMAILS, EmailClaim(email=user.email, user_id=user.id))])
    except Stale as taken:
        raise Conflict(f"{user.email} belongs to somebody already.") from taken


def people(caller: Caller, query: Query, store: Store) -> Page[User]:
    """The people of the caller's organisation by e-mail address."""
    return store.page(USERS, f"ORG#{caller.org_id}#USERS", query)


def users_of(emails: Sequence[str], caller: Caller, store: Store) -> list[User]:
    """The people with these addresses, each once; raises Invalid that names those who are nobody here."""
    asked = list(dict.fromkeys(email.strip().lower() for email in emails))
    claims = store.get_many(EMAILS, [Key(f"EMAIL#{email}") for email in asked])
    found = store.get_many(USERS, [Key(f"USER#{claim.user_id}") for claim in claims])
    users = [user for user in found if user.org_id == caller.org_id]
    strangers = [email for email in asked if email not in {user.email for user in users}]
    if strangers:
        faults = [Fault("emails", f"{each} is nobody of this organisation") for each in strangers]
        raise Invalid("Invite the people first.", faults)
    return users


def dismiss(email: str, caller: Caller, ports: Ports) -> None:
    """Take somebody out of the organisation: their credentials, groups and roles count no more. Raises NotFound.

    The caller, an Admin, stays; so there is always one. Cut off, it goes on when asked again.
    """
    claim = ports.store.get(EMAILS, Key(f"EMAIL#{email.strip().lower()}"))
    user, own = (ports.store.get(USERS, Key(f"USER#{id_}")) for id_ in (claim.user_id, caller.user_id))
    if user.org_id != caller.org_id or own.left_at is not None:
        raise NotFound(UNSEEN)
    if user.id == own.id:
        raise Conflict("Another Admin takes you out of the organisation; you cannot do it yourself.")
    held = ports.store.every(GRANTS, f"USER#{user.id}#GRANTS", Query(index="by_owner", limit=1000))
    for grant in list(held):
        ports.store.commit([Erase(GRANTS, grant)])
    memberships = ports.store.get_many(MEMBERSHIPS, [membership_key(each, user.id) for each in user.groups])
    left = user.changed(left_at=ports.clock.now(), groups=())
    parted = [Erase(MEMBERSHIPS, each) for each in memberships]
    ports.store.commit([Save(USERS, left), Erase(EMAILS, claim), Demand(USERS, own), *parted])


def everybody(caller: Caller, store: Store) -> Iterator[User]:
    """All people of the caller's organisation by e-mail address."""
    return store.every(USERS, f"ORG#{caller.org_id}#USERS", Query(index="by_parent", limit=1000))


def issue(wanted: NewCredential, caller: Caller, ports: Ports) -> Issued:
    """Issue a token or register a key, for oneself or, as Admin, for somebody of the organisation."""
    return _issue(wanted, None, caller, ports)


def lend(title: str, caller: Caller, ports: Ports) -> Issued:
    """A token of the caller's for a day, which ends with the credential that they ask with at the latest."""
    return _issue(NewCredential(title=title, days=1), caller.credential, caller, ports)


def _issue(wanted: NewCredential, stands_on: str | None, caller: Caller, ports: Ports) -> Issued:
    holder = _holder(wanted, caller, ports.store)
    token = None if wanted.public_key else token_urlsafe(32)
    credential = Credential(
        id=token_digest(token) if token else _key_of(wanted.public_key or ""),
        kind=CredentialKind.BEARER if token else CredentialKind.SSH_KEY,
        user_id=holder.id,
        org_id=holder.org_id,
        title=wanted.title,
        created_at=ports.clock.now(),
        expires_at=_end(wanted, ports),
        stands_on=stands_on,
    )
    try:
        ports.store.commit([Save(CREDENTIALS, credential)])
    except Stale as taken:
        raise Conflict("This key is registered already.") from taken
    return _issued(credential, token)


def credentials(caller: Caller, store: Store) -> list[Issued]:
    """The caller's own credentials that are not revoked, without their secrets."""
    query = Query(index="by_owner", limit=1000)
    kept = store.every(CREDENTIALS, f"USER#{caller.user_id}#CREDENTIALS", query)
    return [_issued(credential, None) for credential in kept if credential.revoked_at is None]


def revoke(credential_id: str, caller: Caller, ports: Ports) -> None:
    """Revoke one's own credential or, as Admin, anybody's of the organisation; raises NotFound."""
    credential = ports.store.get(CREDENTIALS, Key(f"CREDENTIAL#{credential_id}"))
    mine = credential.user_id == caller.user_id
    ours = caller.org_role is OrgRole.ADMIN and credential.org_id == caller.org_id
    if not (mine or ours):
        raise NotFound("There is no such credential.")
    if credential.revoked_at is None:
        ports.store.commit([Save(CREDENTIALS, credential.changed(revoked_at=ports.clock.now()))])


def _end(wanted: NewCredential, ports: Ports) -> Timestamp | None:
    days = wanted.days if wanted.public_key or wanted.days else DEFAULT_DAYS
    return None if days is None else ports.clock.now() + timedelta(days=days)


def _holder(wanted: NewCredential, caller: Caller, store: Store) -> User:
    holder = store.get(USERS, Key(f"USER#{wanted.user_id or caller.user_id}"))
    if holder.left_at is not None:
        raise NotFound("There is no such person.")
    if holder.id != caller.user_id and (caller.org_role is not OrgRole.ADMIN or holder.org_id != caller.org_id):
        raise NotFound("There is no such person.")
    return holder


def _key_of(line: str) -> str:
    try:
        return public_key_of(line)
    except ValueError as wrong:
        raise Invalid("The public key cannot be taken.", [Fault("public_key", str(wrong))]) from wrong


def _issued(credential: Credential, token: str | None) -> Issued:
    return Issued(
        id=credential.id,
        kind=credential.kind,
        title=credential.title,
        expires_at=credential.expires_at,
        token=token,
    )
