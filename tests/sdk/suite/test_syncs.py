"""Folders that mirror a prefix of a cloud, by the SDK."""

from typing import Any

import pytest
from builders import a_folder, a_title
from encord import EncordUserClient
from encord.exceptions import InvalidArgumentsError
from encord.orm.storage import (
    CloudSyncedFolderParams,
    SidecarMatcherSuffix,
    SyncPrivateDataWithCloudSyncedFolderStatus,
)
from encord.storage import StorageFolder


@pytest.mark.shows(
    "StorageFolder.sync_private_data_with_cloud_synced_folder_start",
    "StorageFolder.sync_private_data_with_cloud_synced_folder_get_result",
)
def test_a_synced_folder_holds_what_its_prefix_holds(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = _mirror(client, target)

    job = folder.sync_private_data_with_cloud_synced_folder_start()
    done = folder.sync_private_data_with_cloud_synced_folder_get_result(job, timeout_seconds=120)

    listed = {item.url for item in folder.list_items()}
    assert done.status is SyncPrivateDataWithCloudSyncedFolderStatus.DONE
    assert (done.upload_jobs_units_done, done.upload_jobs_units_error) == (len(listed), 0)
    assert target["media"]["0.png"] in listed
    assert (folder.is_cloud_synced, str(folder.integration_hash)) == (True, target["integration"]["id"])


@pytest.mark.shows("StorageFolder.get_folder_config", "StorageFolder.enable_metadata_ingestion")
def test_metadata_beside_files_are_read_once_enabled(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = _mirror(client, target)
    assert folder.get_folder_config().metadata_ingestion is None

    folder.enable_metadata_ingestion(SidecarMatcherSuffix(suffix=".meta.json"), paused=True)

    told = folder.get_folder_config().metadata_ingestion
    assert told is not None
    assert (told.matcher.suffix, told.paused) == (".meta.json", True)


def test_a_plain_folder_cannot_be_synced(client: EncordUserClient) -> None:
    folder = a_folder(client)

    assert folder.get_folder_config().metadata_ingestion is None
    with pytest.raises(InvalidArgumentsError):
        folder.sync_private_data_with_cloud_synced_folder_start()
    with pytest.raises(InvalidArgumentsError):
        folder.enable_metadata_ingestion()


def _mirror(client: EncordUserClient, target: dict[str, Any]) -> StorageFolder:
    """A folder that mirrors the suite's files."""
    prefix = target["media"]["0.png"].rpartition("/")[0] + "/"
    params = CloudSyncedFolderParams(integration_uuid=target["integration"]["id"], remote_url=prefix)
    return client.create_storage_folder(a_title("mirror"), cloud_synced_folder_params=params)
