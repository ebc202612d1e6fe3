"""Doorways of collections."""

from gloss import edge, wiring
from gloss.domain.collections import Edit, Edited, NewCollection, Send
from gloss.domain.model import CollectionId, ProjectId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import collecting, sending
from gloss.services.collecting import CollectionView, FrameName
from gloss.services.sending import SendView

router = edge.router()


class Dropped(Value):
    """The collection that is gone."""

    id: CollectionId


@router.get("/v1/projects/<project_id>/collections")
def list_collections(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[CollectionView]:
    page = collecting.page(ProjectId(project_id), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[CollectionView.of(each) for each in page.entries], next_token=page.next_token)


@router.post("/v1/projects/<project_id>/collections")
def make_collection(project_id: str, body: NewCollection) -> CollectionView:
    return collecting.make(ProjectId(project_id), body, edge.caller(), wiring.desk())


@router.get("/v1/projects/<project_id>/collections/<collection_id>")
def get_collection(project_id: str, collection_id: str) -> CollectionView:
    found = collecting.found(ProjectId(project_id), CollectionId(collection_id), wiring.store())
    return CollectionView.of(found)


@router.delete("/v1/projects/<project_id>/collections/<collection_id>")
def drop_collection(project_id: str, collection_id: str) -> Dropped:
    collecting.drop(ProjectId(project_id), CollectionId(collection_id), wiring.store())
    return Dropped(id=CollectionId(collection_id))


@router.get("/v1/projects/<project_id>/collections/<collection_id>/frames")
def list_frames(project_id: str, collection_id: str, limit: Limit = 100, token: Token = None) -> Listing[FrameName]:
    found = collecting.found(ProjectId(project_id), CollectionId(collection_id), wiring.store())
    page = collecting.frames_page(found, Query(limit=limit, after=token), wiring.desk())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.patch("/v1/projects/<project_id>/collections/<collection_id>/frames")
def edit_frames(project_id: str, collection_id: str, body: Edit) -> Edited:
    return collecting.edit(ProjectId(project_id), CollectionId(collection_id), body, wiring.desk())


@router.post("/v1/projects/<project_id>/collections/<collection_id>/send-to-annotate")
def send_to_annotate(project_id: str, collection_id: str, body: Send) -> SendView:
    return sending.send(ProjectId(project_id), CollectionId(collection_id), body, edge.caller(), wiring.desk())
