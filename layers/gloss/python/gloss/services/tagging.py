"""Tags: words of the organisation's by which its projects are found."""

from collections.abc import Collection

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, NotFound
from gloss.domain.identity import Tag
from gloss.domain.model import Description, OrgId, ProjectId, TagId, Title, Value
from gloss.domain.project import Project
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import TAGS, tags_of
from gloss.ports import Erase, Ports, Query, Save, Store
from gloss.services import making
from gloss.services.situating import persistently, project_of

MOST_TAGS = 500
MOST_OF_A_PROJECT = 50


class NewTag(Value):
    """A tag to make."""

    name: Title
    description: Description = ""


def all_of(org_id: OrgId, store: Store) -> list[Tag]:
    """The tags of an organisation by name."""
    return list(store.every(TAGS, tags_of(org_id), Query(limit=1000)))


def make(wanted: NewTag, caller: Caller, ports: Ports) -> Tag:
    """A tag; raises Conflict when there is one of that name."""
    if len(all_of(caller.org_id, ports.store)) >= MOST_TAGS:
        raise Conflict(f"There are {MOST_TAGS} tags already; delete one first.")
    made = Tag(
        id=TagId(ports.ids.new()),
        org_id=caller.org_id,
        name=wanted.name,
        description=wanted.description,
        created_at=ports.clock.now(),
    )
    kept = making.once(TAGS, made, ports.store)
    if kept.id != made.id:
        raise Conflict(f"There is a tag {kept.name} already.")
    return kept


def delete(tag_id: str, caller: Caller, store: Store) -> None:
    """Delete a tag; it is gone from all projects at once. Raises NotFound."""
    store.commit([Erase(TAGS, _found(tag_id, caller.org_id, store))])


def put(project_id: ProjectId, tag_id: str, ports: Ports) -> None:
    """Put a tag on a project; raises NotFound for one that the organisation does not have."""

    def tagged() -> None:
        project = project_of(project_id, ports.store)
        tag = _found(tag_id, project.org_id, ports.store)
        if tag.id in project.tag_ids:
            return
        if len(project.tag_ids) >= MOST_OF_A_PROJECT:
            raise Conflict(f"The project has {MOST_OF_A_PROJECT} tags already; take one off first.")
        _save(project, (*project.tag_ids, tag.id), ports)

    persistently(tagged)


def take_off(project_id: ProjectId, tag_id: str, ports: Ports) -> None:
    """Take a tag off a project; one that is not on it is passed over."""

    def untagged() -> None:
        project = project_of(project_id, ports.store)
        if tag_id in project.tag_ids:
            _save(project, tuple(each for each in project.tag_ids if each != tag_id), ports)

    persistently(untagged)


def tags_on(project: Project, store: Store) -> list[Tag]:
    """The tags of a project by name."""
    return among(project.tag_ids, all_of(project.org_id, store))


def among(tag_ids: Collection[TagId], tags: list[Tag]) -> list[Tag]:
    """Those of the tags that have these ids."""
    return [tag for tag in tags if tag.id in set(tag_ids)]


def _found(tag_id: str, org_id: OrgId, store: Store) -> Tag:
    for tag in all_of(org_id, store):
        if tag.id == tag_id:
            return tag
    raise NotFound(UNSEEN)


def _save(project: Project, tag_ids: tuple[TagId, ...], ports: Ports) -> None:
    changed = project.changed(tag_ids=tag_ids, last_edited_at=ports.clock.now())
    ports.store.commit([Save(PROJECTS, changed)])
