"""Cloud integrations: with whose credentials media are read, and where relative paths lead."""

from typing import Annotated, Literal

from pydantic import Field

from gloss.domain.model import IntegrationId, OrgId, Timestamp, Title, UserId, Versioned

RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", max_length=600)]
Location = Annotated[str, Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/([^\s]*/)?$", max_length=1100)]


class Integration(Versioned):
    """Access to one cloud account; without a role the deployment's own one is used.

    `external_id` is made by Gloss and goes into the trust policy of the customer's role.
    """

    id: IntegrationId
    org_id: OrgId
    title: Title
    provider: Literal["aws"] = "aws"
    default_location: Location | None = None
    role_arn: RoleArn | None = None
    external_id: str
    created_by: UserId
    created_at: Timestamp
