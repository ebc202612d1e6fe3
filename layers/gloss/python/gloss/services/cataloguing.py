"""Making and changing what projects are put together from: datasets, ontologies, workflow templates."""

from typing import Any

from pydantic import Field

from gloss.domain import ontology
from gloss.domain.access import UNSEEN, Caller, Role
from gloss.domain.dataset import Dataset
from gloss.domain.errors import Fault, Invalid, NotFound, Stale
from gloss.domain.model import DatasetId, Description, OntologyId, TemplateId, Title, Value
from gloss.domain.ontology import Ontology, Structure
from gloss.domain.ontology_draft import completed
from gloss.domain.project import WorkflowTemplate
from gloss.domain.workflow import graph, shape
from gloss.kinds.catalog import DATASETS, ONTOLOGIES, ONTOLOGY_USES, TEMPLATES, uses_of
from gloss.ports import Key, Ports, Query, Save, Store
from gloss.services import making
from gloss.services.authorising import founding_grants, role_on, roles_on

LARGEST_JSON = 300_000


class NewDataset(Value):
    """A dataset to make."""

    title: Title
    description: Description = ""


class NewOntology(Value):
    """An ontology to make; hashes, ids, colours and option values may be left out of the structure."""

    title: Title
    description: Description = ""
    structure: dict[str, Any] = Field(default_factory=dict)


class ChangedOntology(Value):
    """What to change of an ontology; what is left out stays. With `version`, only that version is changed."""

    title: Title | None = None
    description: Description | None = None
    structure: dict[str, Any] | None = None
    version: int | None = None


class NewTemplate(Value):
    """A workflow template to make; `graph` is a workflow's JSON."""

    title: Title
    description: Description = ""
    graph: dict[str, Any]


def make_dataset(wanted: NewDataset, caller: Caller, ports: Ports) -> Dataset:
    """An empty dataset with the caller as its Admin."""
    now = ports.clock.now()
    made = Dataset(
        id=DatasetId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )
    return making.once(DATASETS, made, ports.store, founding_grants(f"dataset:{made.id}", caller, now))


def make_ontology(wanted: NewOntology, caller: Caller, ports: Ports) -> Ontology:
    """An ontology with the caller as its Admin; raises Invalid with the path of each fault in its structure."""
    now = ports.clock.now()
    made = Ontology(
        id=OntologyId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        structure=_structure(wanted.structure, ports),
        created_by=caller.user_id,
        created_at=now,
        last_edited_at=now,
    )
    return making.once(ONTOLOGIES, made, ports.store, founding_grants(f"ontology:{made.id}", caller, now))


def change_ontology(ontology_id: str, wanted: ChangedOntology, ports: Ports) -> Ontology:
    """Its next version; raises Invalid when a feature would become another sort of thing, Stale on an old version."""
    stored = ports.store.get(ONTOLOGIES, Key(f"ONTOLOGY#{ontology_id}"))
    if wanted.version not in (None, stored.version):
        raise Stale(f"The ontology is at version {stored.version}, not {wanted.version}; read it again.")
    structure = stored.structure if wanted.structure is None else _structure(wanted.structure, ports)
    ontology.demand_kept(stored.structure, structure)
    changed = stored.changed(
        title=stored.title if wanted.title is None else wanted.title,
        description=stored.description if wanted.description is None else wanted.description,
        structure=structure,
        last_edited_at=ports.clock.now(),
    )
    ports.store.commit([Save(ONTOLOGIES, changed)])
    return changed


def make_template(wanted: NewTemplate, caller: Caller, ports: Ports) -> WorkflowTemplate:
    """A workflow template with the caller as its Admin; raises Invalid with every broken rule of its graph."""
    made = WorkflowTemplate(
        id=TemplateId(ports.ids.new()),
        org_id=caller.org_id,
        title=wanted.title,
        description=wanted.description,
        workflow=shape.checked(graph.read(wanted.graph)),
        created_by=caller.user_id,
        created_at=ports.clock.now(),
    )
    return making.once(TEMPLATES, made, ports.store, founding_grants(f"template:{made.id}", caller, made.created_at))


def dataset(dataset_id: str, store: Store) -> Dataset:
    """A dataset; raises NotFound."""
    return store.get(DATASETS, Key(f"DATASET#{dataset_id}"))


def ontology_of(ontology_id: str, store: Store) -> Ontology:
    """An ontology; raises NotFound."""
    return store.get(ONTOLOGIES, Key(f"ONTOLOGY#{ontology_id}"))


def readable_ontology(ontology_id: str, caller: Caller, store: Store) -> tuple[Ontology, Role | None]:
    """An ontology with the caller's role on it; people of a project may read its ontology without. Raises NotFound."""
    role = role_on(caller, f"ontology:{ontology_id}", store)
    if role is None:
        uses = store.every(ONTOLOGY_USES, uses_of(ontology_id), Query(limit=1000))
        if not roles_on(caller, [f"project:{use.project_id}" for use in uses], store):
            raise NotFound(UNSEEN)
    return ontology_of(ontology_id, store), role


def template(template_id: str, store: Store) -> WorkflowTemplate:
    """A workflow template; raises NotFound."""
    return store.get(TEMPLATES, Key(f"TEMPLATE#{template_id}"))


def _structure(raw: dict[str, Any], ports: Ports) -> Structure:
    structure = ontology.parse(completed(raw, ports.ids.new))
    size = len(structure.model_dump_json().encode())
    if size > LARGEST_JSON:
        reason = f"it takes {size} bytes of JSON, at most {LARGEST_JSON} are possible"
        raise Invalid("The structure is too large.", [Fault("structure", reason)])
    return structure
