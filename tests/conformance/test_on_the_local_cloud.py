"""The public SDK and its agents, unmodified, against the local cloud: the whole suite of tests/sdk/suite."""

from pathlib import Path
from typing import Any

import boto3

from infra.local.demo.client import Client
from infra.local.media import TITLE
from tests.sdk.loopback import run_suite
from tests.sdk.target import Site, prepare


def test_the_sdks_suite_passes_on_the_local_cloud(tmp_path: Path, gloss: dict[str, Any], admin: Client) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    store = boto3.client("s3", endpoint_url=gloss["aws_endpoint"], region_name=gloss["region"], **keys)
    site = Site(admin, gloss["bearer"], store, gloss["media_bucket"])
    integration = next(it for it in admin.every("/v1/integrations") if it["title"] == TITLE)

    assert run_suite(prepare(tmp_path, site, integration), []) == 0
