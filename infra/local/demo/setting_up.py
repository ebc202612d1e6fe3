"""Step 3: dataset, ontology, workflow template, project, people and their roles, and the webhooks."""

from typing import Any

from infra.local.demo import designs
from infra.local.demo.client import Client, Refused, until
from infra.local.demo.walk import Walk

ROLES = {"annotator": "ANNOTATOR", "reviewer": "REVIEWER", "manager": "TEAM_MANAGER"}


def set_up(walk: Walk) -> None:
    """Step 3."""
    with walk.board.step(3, "Dataset, ontology, template, project") as counts:
        counts |= {"data units": _dataset(walk)}
        ontology = walk.admin.post("/v1/ontologies", {"title": "Demo ontology", "structure": designs.ONTOLOGY})
        template = walk.admin.post("/v1/workflow-templates", {"title": "Demo workflow", "graph": designs.WORKFLOW})
        walk.ids |= {"ontology": ontology["id"], "template": template["id"]}
        counts |= {"tasks": _project(walk)}
    with walk.board.step(3, "People and their roles") as counts:
        for name, role in ROLES.items():
            walk.people[name] = _person(walk, name, role)
        members = walk.admin.get(f"{walk.project}/members")["entries"]
        counts |= {"members": len(members), "roles": sorted(member["role"] for member in members)}


def _dataset(walk: Walk) -> int:
    walk.ids["dataset"] = walk.admin.post("/v1/datasets", {"title": "Demo dataset"})["id"]
    path = f"/v1/datasets/{walk.ids['dataset']}"
    walk.admin.post(f"{path}/items", {"folder_ids": [walk.ids["folder"]]})
    return len(list(walk.admin.every(f"{path}/rows")))


def _project(walk: Walk) -> int:
    wanted = {
        "title": "Demo project",
        "dataset_ids": [walk.ids["dataset"]],
        "ontology_id": walk.ids["ontology"],
        "template_id": walk.ids["template"],
    }
    walk.ids["project"] = walk.admin.post("/v1/projects", wanted)["id"]
    return len(list(walk.admin.every(f"{walk.project}/tasks")))


def _person(walk: Walk, name: str, role: str) -> Client:
    """A person of the organisation with a token of their own; they are there already when the demo runs again."""
    email = f"{name}@example.com"
    person = _invited(walk, email)
    issued = walk.admin.post("/v1/credentials", {"title": "demo", "days": 1, "user_id": person["id"]})
    walk.admin.post(f"{walk.project}/members", {"email": email, "role": role})
    walk.ids[name] = person["id"]
    return Client(walk.admin.url, issued["token"])


def _invited(walk: Walk, email: str) -> Any:
    try:
        return walk.admin.post("/v1/users", {"email": email})
    except Refused as refused:
        if refused.status != 409:
            raise
    return next(person for person in walk.admin.every("/v1/users") if person["email"] == email)


def add_webhooks(walk: Walk) -> None:
    """The webhooks of the Annotate and the Complete stage, both to the receiver on loopback."""
    with walk.board.step(5, "Webhooks of the Annotate and Complete stages") as counts:
        for event, stage in (("task.submitted", designs.ANNOTATE), ("task.completed", designs.COMPLETE)):
            wanted = {"url": walk.hook.url, "events": [event], "stage_ids": [stage]}
            walk.hook.secrets.append(walk.admin.post(f"{walk.project}/webhooks", wanted)["secret"])
        counts |= {"endpoints": len(walk.hook.secrets), "receiver": walk.hook.url}


def await_webhooks(walk: Walk, submitted: int, completed: int) -> None:
    """Step 5: each event taken once, after a first attempt that the receiver failed."""
    with walk.board.step(5, "Webhooks delivered, signed, once each") as counts:
        taken = walk.hook.accepted
        expected = submitted + completed
        until(lambda: True if len(taken) >= expected else None, f"{expected} deliveries, {len(taken)} so far,")
        kinds = [event["event_type"] for event in taken]
        counts |= {
            "submitted": kinds.count("task_submitted_event"),
            "completed": kinds.count("task_completed_event"),
            "distinct uids": len({event["uid"] for event in taken}),
            "attempts": sum(walk.hook.attempts.values()),
            "forged": walk.hook.forged,
        }
        if (counts["submitted"], counts["completed"], counts["forged"]) != (submitted, completed, 0):
            raise AssertionError(f"expected {submitted} submitted and {completed} completed, got {counts}")
        if counts["distinct uids"] != len(taken):
            raise AssertionError("an event was taken twice")
