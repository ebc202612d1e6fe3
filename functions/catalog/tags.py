"""Doorways of tags: words of the organisation's by which its projects are found."""

from gloss import edge, wiring
from gloss.domain.identity import Tag
from gloss.domain.model import ProjectId, TagId, Timestamp, Value
from gloss.paging import Listing
from gloss.services import projecting, tagging
from gloss.services.tagging import NewTag

router = edge.router()


class TagView(Value):
    """A tag."""

    id: TagId
    name: str
    description: str
    created_at: Timestamp

    @classmethod
    def of(cls, tag: Tag) -> "TagView":
        return cls.model_validate(tag.model_dump(include=set(cls.model_fields)))


class DeletedTag(Value):
    """The tag that is no more."""

    id: str


@router.get("/v1/tags")
def list_tags() -> Listing[TagView]:
    return _shown(tagging.all_of(edge.caller().org_id, wiring.store()))


@router.post("/v1/tags")
def make_tag(body: NewTag) -> TagView:
    return TagView.of(tagging.make(body, edge.caller(), wiring.ports()))


@router.delete("/v1/tags/<tag_id>")
def delete_tag(tag_id: str) -> DeletedTag:
    tagging.delete(tag_id, edge.caller(), wiring.store())
    return DeletedTag(id=tag_id)


@router.get("/v1/projects/<project_id>/tags")
def list_project_tags(project_id: ProjectId) -> Listing[TagView]:
    return _shown(tagging.tags_on(projecting.get(project_id, wiring.store()), wiring.store()))


@router.put("/v1/projects/<project_id>/tags/<tag_id>")
def put_project_tag(project_id: ProjectId, tag_id: str) -> Listing[TagView]:
    tagging.put(project_id, tag_id, wiring.ports())
    return list_project_tags(project_id)


@router.delete("/v1/projects/<project_id>/tags/<tag_id>")
def take_off_project_tag(project_id: ProjectId, tag_id: str) -> Listing[TagView]:
    tagging.take_off(project_id, tag_id, wiring.ports())
    return list_project_tags(project_id)


def _shown(tags: list[Tag]) -> Listing[TagView]:
    """Every tag at once, since an organisation has some hundred at most."""
    return Listing(entries=[TagView.of(tag) for tag in tags])
