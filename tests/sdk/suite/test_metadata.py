"""The metadata schema by the SDK, in both of its generations."""

from uuid import uuid4

import pytest
from encord import EncordUserClient


@pytest.mark.shows("EncordUserClient.metadata_schema", "MetadataSchema.save")
def test_a_saved_schema_has_its_keys(client: EncordUserClient) -> None:
    word = uuid4().hex[:8]
    schema = client.metadata_schema()
    schema.add_scalar(f"site_{word}", data_type="varchar")
    schema.add_enum(f"light_{word}", values=["day", "night"])
    schema.add_embedding(f"clip_{word}", size=4)
    schema.add_geospatial(f"place_{word}")

    schema.save()

    read = client.metadata_schema()
    assert read.get_key_type(f"site_{word}") == "varchar"
    assert read.get_enum_options(f"light_{word}") == ["day", "night"]
    assert read.get_embedding_size(f"clip_{word}") == 4
    assert read.get_key_type(f"place_{word}") == "geospatial"


@pytest.mark.shows("MetadataSchema.save")
def test_a_deleted_key_comes_back_when_it_is_restored(client: EncordUserClient) -> None:
    key = f"site_{uuid4().hex[:8]}"
    schema = client.metadata_schema()
    schema.add_scalar(key, data_type="number")
    schema.save()

    schema.delete_key(key)
    schema.save()

    deleted = client.metadata_schema()
    assert deleted.is_key_deleted(key)
    deleted.restore_key(key)
    deleted.save()
    assert client.metadata_schema().get_key_type(key) == "number"


@pytest.mark.shows(
    "EncordUserClient.set_client_metadata_schema_from_dict", "EncordUserClient.get_client_metadata_schema"
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_deprecated_schema_is_told_by_words(client: EncordUserClient) -> None:
    key = f"old_{uuid4().hex[:8]}"
    words = client.get_client_metadata_schema() or {}

    client.set_client_metadata_schema_from_dict({**{name: it.value for name, it in words.items()}, key: "number"})

    told = client.get_client_metadata_schema()
    assert told is not None
    assert told[key].value == "number"
    assert {name: told[name] for name in words} == words
