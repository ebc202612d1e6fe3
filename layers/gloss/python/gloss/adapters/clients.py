"""Clients of AWS, and of other stores that speak S3; botocore's own, since boto3 adds a fifth to a cold start."""

from functools import cache
from typing import Any, Final

from botocore.config import Config
from botocore.session import Session

PATIENT: Final = Config(
    retries={"mode": "standard", "max_attempts": 4}, connect_timeout=3, read_timeout=25, max_pool_connections=32
)
LINKS: Final = frozenset({"s3-query", "s3v4-query", "v4-query"})


def make_client(service: str, config: Config | None = None, **more: Any) -> Any:
    """A client of this environment, or with credentials and an endpoint in `more` of another.

    The signature of each request is botocore's choice, since multi-region access points have one of their own; only its
    older one for links is not taken, which signs no answer headers and which newer regions refuse.
    """
    made: Any = _session().create_client(service, config=PATIENT if config is None else PATIENT.merge(config), **more)
    made.meta.events.register_first("choose-signer.s3", _todays_links)
    return made


@cache
def _session() -> Session:
    return Session()


def _todays_links(signature_version: str, **_: Any) -> str | None:
    return "s3v4-query" if signature_version in LINKS else None
