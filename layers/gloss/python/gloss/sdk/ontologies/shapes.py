"""Ontologies on the SDK's wire; ids, colours and hashes that the client made are kept as they are."""

from typing import Any

from pydantic import Field

from gloss.domain.access import Role
from gloss.domain.model import Timestamp
from gloss.domain.ontology import Ontology
from gloss.sdk.people import RESOURCE_ROLES
from gloss.sdk.wire import Wire


class OntologyPayload(Wire):
    """An ontology to make, or what it is to be from now on."""

    title: str
    description: str = ""
    editor: dict[str, Any] = Field(default_factory=dict)


class OntologyDto(Wire):
    """An ontology as the SDK reads it."""

    ontology_uuid: str
    title: str
    description: str
    editor: dict[str, Any]
    created_at: Timestamp
    last_edited_at: Timestamp
    user_role: int | None

    @classmethod
    def of(cls, ontology: Ontology, role: Role | None) -> "OntologyDto":
        """For somebody with a role on it."""
        return cls(
            ontology_uuid=ontology.id,
            title=ontology.title,
            description=ontology.description,
            editor=ontology.structure.model_dump(mode="json", by_alias=True),
            created_at=ontology.created_at,
            last_edited_at=ontology.last_edited_at,
            user_role=None if role is None else RESOURCE_ROLES.get(role),
        )
