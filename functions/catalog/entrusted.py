"""Doorways of the groups with a role on a project, dataset, ontology or folder."""

from gloss import edge, wiring
from gloss.domain.access import Role
from gloss.domain.model import GroupId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import entrusting
from gloss.services.entrusting import Shared
from gloss.services.staffing import ChangedMember

router = edge.router()


class EntrustedView(Value):
    """A group with its role."""

    group_id: GroupId
    name: str
    role: Role

    @classmethod
    def of(cls, shared: Shared) -> "EntrustedView":
        return cls(group_id=shared.group.id, name=shared.group.name, role=shared.role)


class Withdrawn(Value):
    """The group that has no role there any more."""

    group_id: str


@router.get("/v1/projects/<project_id>/groups")
def list_project_groups(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[EntrustedView]:
    return _listing(f"project:{project_id}", Query(limit=limit, after=token))


@router.put("/v1/projects/<project_id>/groups/<group_id>")
def entrust_project(project_id: str, group_id: str, body: ChangedMember) -> EntrustedView:
    return _given(f"project:{project_id}", group_id, body)


@router.delete("/v1/projects/<project_id>/groups/<group_id>")
def withdraw_project(project_id: str, group_id: str) -> Withdrawn:
    return _withdrawn(f"project:{project_id}", group_id)


@router.get("/v1/datasets/<dataset_id>/groups")
def list_dataset_groups(dataset_id: str, limit: Limit = 100, token: Token = None) -> Listing[EntrustedView]:
    return _listing(f"dataset:{dataset_id}", Query(limit=limit, after=token))


@router.put("/v1/datasets/<dataset_id>/groups/<group_id>")
def entrust_dataset(dataset_id: str, group_id: str, body: ChangedMember) -> EntrustedView:
    return _given(f"dataset:{dataset_id}", group_id, body)


@router.delete("/v1/datasets/<dataset_id>/groups/<group_id>")
def withdraw_dataset(dataset_id: str, group_id: str) -> Withdrawn:
    return _withdrawn(f"dataset:{dataset_id}", group_id)


@router.get("/v1/ontologies/<ontology_id>/groups")
def list_ontology_groups(ontology_id: str, limit: Limit = 100, token: Token = None) -> Listing[EntrustedView]:
    return _listing(f"ontology:{ontology_id}", Query(limit=limit, after=token))


@router.put("/v1/ontologies/<ontology_id>/groups/<group_id>")
def entrust_ontology(ontology_id: str, group_id: str, body: ChangedMember) -> EntrustedView:
    return _given(f"ontology:{ontology_id}", group_id, body)


@router.delete("/v1/ontologies/<ontology_id>/groups/<group_id>")
def withdraw_ontology(ontology_id: str, group_id: str) -> Withdrawn:
    return _withdrawn(f"ontology:{ontology_id}", group_id)


@router.get("/v1/folders/<folder_id>/groups")
def list_folder_groups(folder_id: str, limit: Limit = 100, token: Token = None) -> Listing[EntrustedView]:
    return _listing(f"folder:{folder_id}", Query(limit=limit, after=token))


@router.put("/v1/folders/<folder_id>/groups/<group_id>")
def entrust_folder(folder_id: str, group_id: str, body: ChangedMember) -> EntrustedView:
    return _given(f"folder:{folder_id}", group_id, body)


@router.delete("/v1/folders/<folder_id>/groups/<group_id>")
def withdraw_folder(folder_id: str, group_id: str) -> Withdrawn:
    return _withdrawn(f"folder:{folder_id}", group_id)


def _listing(resource: str, query: Query) -> Listing[EntrustedView]:
    page = entrusting.page(resource, query, wiring.store())
    return Listing(entries=[EntrustedView.of(each) for each in page.entries], next_token=page.next_token)


def _given(resource: str, group_id: str, wanted: ChangedMember) -> EntrustedView:
    (shared,) = entrusting.give(resource, [group_id], wanted.role, edge.caller(), wiring.ports())
    return EntrustedView.of(shared)


def _withdrawn(resource: str, group_id: str) -> Withdrawn:
    entrusting.withdraw(resource, [group_id], edge.caller(), wiring.ports())
    return Withdrawn(group_id=group_id)
