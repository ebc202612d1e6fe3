"""Clients with the credentials of a role that a customer lends, renewed before they run out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from gloss.domain.errors import Forbidden
from gloss.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SESSION_S: Final = 3600
MARGIN: Final = timedelta(minutes=20)


class LentRole:
    """Called, gives an S3 client in the role; raises Forbidden when the role cannot be assumed."""

    def __init__(self, sts: Any, role_arn: str, external_id: str, clock: Clock, make: Callable[..., Any]) -> None:
        self._sts, self._role, self._external_id = sts, role_arn, external_id
        self._clock, self._make = clock, make
        self._client: Any = None
        self._until: datetime | None = None

    def __call__(self) -> "S3Client":
        if self._until is None or self._clock.now() >= self._until:
            self._renew()
        client: S3Client = self._client
        return client

    def _renew(self) -> None:
        request = {"RoleArn": self._role, "RoleSessionName": "gloss", "DurationSeconds": SESSION_S}
        try:
            lent = self._sts.assume_role(**request, ExternalId=self._external_id)["Credentials"]
        except ClientError as refused:
            reason = refused.response["Error"].get("Code", "")
            hint = f"its trust policy must allow this deployment with the external id {self._external_id}"
            raise Forbidden(f"The role {self._role} cannot be assumed ({reason}); {hint}.") from refused
        self._client = self._make(
            "s3",
            aws_access_key_id=lent["AccessKeyId"],
            aws_secret_access_key=lent["SecretAccessKey"],
            aws_session_token=lent["SessionToken"],
        )
        self._until = lent["Expiration"] - MARGIN
