"""Founding an organisation with its first Admin; done by whoever may invoke the function, never over HTTP."""

from gloss.domain.access import OrgRole
from gloss.domain.identity import Credential, CredentialKind, EmailClaim, Organisation, User
from gloss.domain.model import OrgId, UserId, Value
from gloss.kinds.identity import CREDENTIALS, EMAILS, ORGANISATIONS, USERS
from gloss.ports import Key, Ports, Save
from gloss.services.authorising import token_digest


class Founding(Value):
    """Who founds: the organisation's title, the Admin's e-mail, their token and their public key (64 hex digits)."""

    title: str
    admin_email: str
    bearer: str
    public_key: str


class Founded(Value):
    """The organisation and its first Admin."""

    org_id: OrgId
    user_id: UserId


def found_organisation(founding: Founding, ports: Ports) -> Founded:
    """Found it, or say who founded it before under the same e-mail address; idempotent."""
    claimed = ports.store.find(EMAILS, Key(f"EMAIL#{founding.admin_email.lower()}"))
    if claimed is not None:
        return Founded(org_id=ports.store.get(USERS, Key(f"USER#{claimed.user_id}")).org_id, user_id=claimed.user_id)
    org_id, user_id, now = OrgId(ports.ids.new()), UserId(ports.ids.new()), ports.clock.now()
    admin = User(id=user_id, org_id=org_id, email=founding.admin_email, org_role=OrgRole.ADMIN, created_at=now)
    ports.store.commit(
        [
            Save(ORGANISATIONS, Organisation(id=org_id, title=founding.title, created_at=now)),
            Save(USERS, admin),
            Save(EMAILS, EmailClaim(email=admin.email, user_id=user_id)),
            Save(CREDENTIALS, _credential(token_digest(founding.bearer), CredentialKind.BEARER, admin)),
            Save(CREDENTIALS, _credential(founding.public_key, CredentialKind.SSH_KEY, admin)),
        ]
    )
    return Founded(org_id=org_id, user_id=user_id)


def _credential(credential_id: str, kind: CredentialKind, admin: User) -> Credential:
    return Credential(
        id=credential_id,
        kind=kind,
        user_id=admin.id,
        org_id=admin.org_id,
        title="First Admin",
        created_at=admin.created_at,
    )
