"""Doorways of groups' roles on datasets, ontologies and folders for the public SDK."""

from gloss import edge, wiring
from gloss.sdk import groups
from gloss.sdk.groups import EntrustedDto, GroupsAsking, GroupsPayload, PageToken
from gloss.sdk.wire import Results

router = edge.router()


@router.get("/v2/public/datasets/<dataset_id>/groups")
def list_on_dataset(dataset_id: str) -> Results[EntrustedDto]:
    return groups.listed(f"dataset:{dataset_id}", PageToken.read(_query()), wiring.store())


@router.post("/v2/public/datasets/<dataset_id>/groups")
def add_to_dataset(dataset_id: str, body: GroupsPayload) -> None:
    groups.add(f"dataset:{dataset_id}", body, edge.caller(), wiring.ports())


@router.delete("/v2/public/datasets/<dataset_id>/groups")
def remove_from_dataset(dataset_id: str) -> None:
    groups.remove(f"dataset:{dataset_id}", GroupsAsking.read(_query()), edge.caller(), wiring.ports())


@router.get("/v2/public/ontologies/<ontology_id>/groups")
def list_on_ontology(ontology_id: str) -> Results[EntrustedDto]:
    return groups.listed(f"ontology:{ontology_id}", PageToken.read(_query()), wiring.store())


@router.post("/v2/public/ontologies/<ontology_id>/groups")
def add_to_ontology(ontology_id: str, body: GroupsPayload) -> None:
    groups.add(f"ontology:{ontology_id}", body, edge.caller(), wiring.ports())


@router.delete("/v2/public/ontologies/<ontology_id>/groups")
def remove_from_ontology(ontology_id: str) -> None:
    groups.remove(f"ontology:{ontology_id}", GroupsAsking.read(_query()), edge.caller(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>/groups")
def list_on_folder(folder_id: str) -> Results[EntrustedDto]:
    return groups.listed(f"folder:{folder_id}", PageToken.read(_query()), wiring.store())


@router.post("/v2/public/storage/folders/<folder_id>/groups")
def add_to_folder(folder_id: str, body: GroupsPayload) -> None:
    groups.add(f"folder:{folder_id}", body, edge.caller(), wiring.ports())


@router.delete("/v2/public/storage/folders/<folder_id>/groups")
def remove_from_folder(folder_id: str) -> None:
    groups.remove(f"folder:{folder_id}", GroupsAsking.read(_query()), edge.caller(), wiring.ports())


def _query() -> dict[str, list[str]]:
    return router.current_event.resolved_query_string_parameters
