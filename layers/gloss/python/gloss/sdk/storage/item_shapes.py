"""Items on the SDK's wire."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gloss.domain.channels import Channels
from gloss.domain.integration import Integration
from gloss.domain.locations import Cloud
from gloss.domain.media import Facts, Item, MediaKind
from gloss.domain.model import Timestamp
from gloss.domain.told import client_metadata_of
from gloss.sdk.wire import Wire
from gloss.services.viewing import cloud_of

ITEM_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.PDF: "pdf",
    MediaKind.TEXT: "plainText",
    MediaKind.TIME_SERIES: "timeseries",
    MediaKind.NIFTI: "nifti",
    MediaKind.DICOM_FILE: "dicomFile",
    MediaKind.DICOM_SERIES: "dicomSeries",
    MediaKind.IMAGE_GROUP: "imageGroup",
    MediaKind.IMAGE_SEQUENCE: "imageSequence",
    MediaKind.DATA_GROUP: "group",
}
KINDS: Final[Mapping[str, MediaKind]] = {name: kind for kind, name in ITEM_TYPES.items()}
LOCATIONS: Final[Mapping[Cloud, str]] = {
    Cloud.AWS: "s3",
    Cloud.GCP: "gcp",
    Cloud.AZURE: "azure",
    Cloud.OTC: "openTelekom",
    Cloud.S3_COMPATIBLE: "s3Compatible",
    Cloud.HTTPS: "directAccess",
}


class Shown(NamedTuple):
    """What is told of an item beside itself: its maker, its data units, its integration, and URLs that are signed."""

    owner: str
    data_units: int
    integration: Integration | None = None
    signed_url: str | None = None
    metadata_url: str | None = None


class ItemPatch(Wire):
    """What to change of an item; a null in the metadata removes its key."""

    name: str | None = None
    description: str | None = None
    client_metadata: dict[str, Any] | None = None
    timeseries_settings: Channels | None = None


class ItemDto(Wire):
    """An item as the SDK reads it."""

    uuid: str
    parent: str
    item_type: str
    name: str
    description: str
    client_metadata: str
    owner: str
    created_at: Timestamp
    last_edited_at: Timestamp
    is_tombstone: bool
    is_placeholder: bool = False
    backed_data_units_count: int
    storage_location: str
    integration_hash: str | None
    url: str | None
    signed_url: str | None
    file_size: int | None
    mime_type: str | None
    duration: float | None
    fps: float | None
    height: int | None
    width: int | None
    dicom_instance_uid: str | None
    dicom_study_uid: str | None
    dicom_series_uid: str | None
    frame_count: int | None
    audio_sample_rate: int | None
    audio_bit_depth: int | None
    audio_codec: str | None
    audio_num_channels: int | None
    timeseries_settings: dict[str, Any] | None = None
    client_metadata_signed_url: str | None = None


def item_dto(item: Item, shown: Shown) -> ItemDto:
    """An item with all that the SDK wants told."""
    return ItemDto(
        uuid=item.id,
        parent=item.folder_id,
        item_type=ITEM_TYPES[item.kind],
        name=item.title,
        description=item.description,
        client_metadata="{}" if shown.metadata_url else json.dumps(client_metadata_of(item)),
        owner=shown.owner,
        created_at=item.created_at,
        last_edited_at=item.last_edited_at or item.created_at,
        is_tombstone=item.deleted_at is not None,
        backed_data_units_count=shown.data_units,
        storage_location=location_of(shown.integration, item.url),
        integration_hash=item.integration_id,
        url=item.url,
        signed_url=shown.signed_url,
        client_metadata_signed_url=shown.metadata_url,
        timeseries_settings=None if item.view is None else view_json(item.view),
        **_facts(item),
    )


def view_json(view: Channels) -> dict[str, Any]:
    """How a time series is drawn, without what is left to the editor."""
    return view.model_dump(by_alias=True, exclude_none=True)


def location_of(integration: Integration | None, url: str | None) -> str:
    """Where a file lies: by its URL, or by the integration that reads it; without either on the web, or with us."""
    cloud = cloud_of(url)
    if cloud is not None:
        return LOCATIONS[cloud]
    if integration is not None:
        return LOCATIONS[Cloud(integration.access.provider)]
    return "directAccess" if url is not None and url.startswith("http") else "encord"


def _facts(item: Item) -> dict[str, Any]:
    facts = item.facts
    return {
        "file_size": facts.size_bytes,
        "mime_type": mime_type_of(item),
        "duration": facts.duration_s,
        "fps": facts.fps,
        "height": facts.height_px,
        "width": facts.width_px,
        "frame_count": facts.frame_count if facts.num_pages is None else facts.num_pages,
        **_medical(facts),
        **_audio(facts),
    }


def mime_type_of(item: Item) -> str | None:
    """The type of an item's file, or of the files that it is made of."""
    return "application/dicom" if item.kind is MediaKind.DICOM_SERIES else item.facts.mime_type


def _medical(facts: Facts) -> dict[str, Any]:
    return {
        "dicom_instance_uid": facts.instance_uid,
        "dicom_study_uid": facts.study_uid,
        "dicom_series_uid": facts.series_uid,
    }


def _audio(facts: Facts) -> dict[str, Any]:
    return {
        "audio_sample_rate": facts.sample_rate_hz,
        "audio_bit_depth": facts.bit_depth,
        "audio_codec": facts.codec if facts.sample_rate_hz is not None else None,
        "audio_num_channels": facts.num_channels,
    }
