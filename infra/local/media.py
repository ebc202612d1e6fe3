"""A customer's bucket in the local cloud, and the integration that reads and writes it in a role of its own."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.local import cloud
from infra.local.home import Home

BUCKET: Final = "gloss-local-media"
ROLE: Final = "gloss-local-media"
TITLE: Final = "Local media"
THERE: Final = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists", "EntityAlreadyExists"}


def integration(home: Home, bearer: str) -> Mapping[str, Any]:
    """The integration of the media bucket, made the first time."""
    _ensure(lambda: cloud.client(home, "s3").create_bucket(Bucket=BUCKET))
    _open_to_the_account(home)
    listed = _ask(home, bearer, "GET", None)["entries"]
    found = [each for each in listed if each["title"] == TITLE]
    made = dict(found[0] if found else _ask(home, bearer, "POST", _wanted()))
    _lend_role(home, made["external_id"])
    return made


def _wanted() -> Mapping[str, str]:
    role = f"arn:aws:iam::{cloud.ACCOUNT}:role/{ROLE}"
    return {
        "title": TITLE,
        "default_location": f"s3://{BUCKET}/",
        "role_arn": role,
    }


def _open_to_the_account(home: Home) -> None:
    """As a customer does who lets Gloss read without a role: the bucket's own policy names the account."""
    own = {"Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": cloud.ACCOUNT}}}
    cloud.client(home, "s3").put_bucket_policy(Bucket=BUCKET, Policy=_policy(*({**own, **each} for each in _uses())))


def _uses() -> list[dict[str, Any]]:
    """Reading, writing and listing the bucket."""
    objects = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    listing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"}
    return [objects, listing]


def _lend_role(home: Home, external_id: str) -> None:
    """As a customer does: a role that this deployment may assume under the external id that Gloss gave out."""
    iam = cloud.client(home, "iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{cloud.ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    _ensure(lambda: iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust)))
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=ROLE, PolicyName="media", PolicyDocument=_policy(*_uses()))


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _ensure(make: Any) -> None:
    try:
        make()
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in THERE:
            raise


def _ask(home: Home, bearer: str, method: str, body: Mapping[str, str] | None) -> Any:
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    content = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"{home.url}/v1/integrations", content, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())
