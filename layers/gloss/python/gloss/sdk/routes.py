"""The rows of the public SDK's door in the table of routes; the two legacy URLs carry many operations each, which are
authorised one by one from the table in `gloss.sdk.operations`."""

from typing import Final

from gloss.domain.access import Permission
from gloss.route import Route
from gloss.sdk import left_out

V2: Final = "/v2/public/"
#: Where the legacy client waits for an answer that a run makes; what follows is a token, which alone opens it.
ANSWERS: Final = f"{V2}answers/"


def _row(method: str, path: str, permission: Permission) -> Route:
    return Route(method, V2 + path, "sdk", permission)


def _held(path: str) -> Route:
    return Route("GET", V2 + path, "poll", Permission.RESOURCE_READ)


LEGACY: Final = (
    Route("POST", "/public", "sdk", Permission.ORG_READ),
    Route("POST", "/public/user", "sdk", Permission.ORG_READ),
)

LEGACY_URLS: Final = frozenset(route.path for route in LEGACY)

PROJECTS: Final = (
    _row("GET", "projects", Permission.ORG_READ),
    _row("GET", "projects/{project_id}", Permission.PROJECT_READ),
    _row("PUT", "projects/{project_id}/status", Permission.PROJECT_MANAGE),
    _row("GET", "projects/{project_id}/users", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/users/bulk-delete", Permission.PROJECT_MANAGE),
    _row("GET", "projects/{project_id}/groups", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/groups", Permission.PROJECT_MANAGE),
    _row("DELETE", "projects/{project_id}/groups", Permission.PROJECT_MANAGE),
    _row("GET", "projects/{project_id}/tags", Permission.PROJECT_READ),
    _row("PUT", "projects/{project_id}/tags/{tag_id}", Permission.PROJECT_MANAGE),
    _row("DELETE", "projects/{project_id}/tags/{tag_id}", Permission.PROJECT_MANAGE),
)

ONTOLOGIES: Final = (
    _row("GET", "ontologies", Permission.ORG_READ),
    _row("POST", "ontologies", Permission.ORG_CREATE),
    _row("GET", "ontologies/{ontology_id}", Permission.ORG_READ),
    _row("PUT", "ontologies/{ontology_id}", Permission.RESOURCE_ADMIN),
)

_STAGE: Final = "projects/{project_id}/workflow/stages/{stage_uuid}"

WORKFLOW: Final = (
    _row("GET", f"{_STAGE}/tasks", Permission.PROJECT_READ),
    _row("POST", f"{_STAGE}/actions", Permission.PROJECT_WORK),
    _row("POST", f"{_STAGE}/move-tasks", Permission.PROJECT_MANAGE),
    _row("GET", f"{_STAGE}/tasks/{{task_id}}/reviews", Permission.PROJECT_READ),
    _row("POST", f"{_STAGE}/tasks/{{task_id}}/reviews/actions", Permission.PROJECT_REVIEW),
    _row("POST", "projects/{project_id}/priorities", Permission.PROJECT_MANAGE),
    _row("GET", "projects/{project_id}/issues", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/issues", Permission.PROJECT_WORK),
    _row("POST", "projects/{project_id}/issues/delete", Permission.PROJECT_WORK),
    _row("GET", "projects/{project_id}/issue-tags", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/issue-tags", Permission.PROJECT_MANAGE),
    _row("GET", "projects/{project_id}/editor-logs", Permission.PROJECT_MANAGE),
    _row("GET", "analytics/task-actions", Permission.ORG_READ),
    _row("GET", "analytics/time-spent", Permission.ORG_READ),
    _row("GET", "analytics/collaborators/timers", Permission.ORG_READ),
)

LABELS: Final = (
    _row("GET", "projects/{project_id}/branches", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/labels/copy-branch", Permission.PROJECT_WORK),
    _row("GET", "projects/{project_id}/labels/{label_id}/validation-state", Permission.PROJECT_READ),
    _row("POST", "projects/{project_id}/label-rows/classifications", Permission.PROJECT_READ),
)

_FOLDER: Final = "storage/folders/{folder_id}"

STORAGE: Final = (
    _row("GET", "cloud-integrations", Permission.ORG_READ),
    _row("POST", "storage/folders", Permission.ORG_READ),
    _row("GET", "storage/folders", Permission.ORG_READ),
    _row("GET", "storage/search/folders", Permission.ORG_READ),
    _row("PATCH", "storage/folders/patch-bulk", Permission.ORG_READ),
    _row("POST", "storage/folders/move", Permission.ORG_READ),
    _row("GET", _FOLDER, Permission.RESOURCE_READ),
    _row("PATCH", _FOLDER, Permission.RESOURCE_ADMIN),
    _row("DELETE", _FOLDER, Permission.RESOURCE_ADMIN),
    _row("GET", f"{_FOLDER}/folders", Permission.RESOURCE_READ),
    _row("GET", f"{_FOLDER}/summary", Permission.RESOURCE_READ),
    _row("GET", f"{_FOLDER}/items", Permission.RESOURCE_READ),
    _row("PATCH", f"{_FOLDER}/items/{{item_id}}", Permission.RESOURCE_ADMIN),
    _row("GET", f"{_FOLDER}/items/{{item_id}}/child-items", Permission.RESOURCE_READ),
    _row("GET", f"{_FOLDER}/items/{{item_id}}/summary", Permission.RESOURCE_READ),
    _row("POST", f"{_FOLDER}/items/move", Permission.RESOURCE_ADMIN),
    _row("POST", f"{_FOLDER}/items/delete", Permission.RESOURCE_ADMIN),
    _row("POST", f"{_FOLDER}/create-group-items", Permission.RESOURCE_ADMIN),
    _row("POST", f"{_FOLDER}/cloud-synced-folder-syncs", Permission.RESOURCE_ADMIN),
    _row("GET", f"{_FOLDER}/folder-config", Permission.RESOURCE_READ),
    _row("POST", f"{_FOLDER}/folder-config", Permission.RESOURCE_ADMIN),
    _row("POST", f"{_FOLDER}/upload-signed-urls", Permission.RESOURCE_ADMIN),
    _row("GET", "presigned-urls", Permission.ORG_READ),
    _row("POST", f"{_FOLDER}/data-upload-jobs", Permission.RESOURCE_ADMIN),
    _row("POST", f"{_FOLDER}/data-upload-jobs/{{job_id}}/cancel", Permission.RESOURCE_ADMIN),
    _row("GET", "storage/search/items", Permission.ORG_READ),
    _row("POST", "storage/items/get-bulk", Permission.ORG_READ),
    _row("PATCH", "storage/items/patch-bulk", Permission.ORG_READ),
    _row("GET", "storage/items/{item_id}", Permission.ORG_READ),
)

#: Requests that are held; a room of their own keeps them from taking up the other's functions.
POLLS: Final = (
    _held(f"{_FOLDER}/data-upload-jobs/{{job_id}}"),
    _held(f"{_FOLDER}/cloud-linked-folder-syncs/{{sync_id}}/long-polling"),
    Route("GET", f"{ANSWERS}{{token}}", "poll", Permission.OPEN),
)

DATASETS: Final = (
    _row("POST", "datasets", Permission.ORG_CREATE),
    _row("GET", "datasets/list", Permission.ORG_READ),
    _row("GET", "datasets/{dataset_id}/users", Permission.RESOURCE_READ),
    _row("POST", "datasets/{dataset_id}/users/bulk-delete", Permission.RESOURCE_ADMIN),
    _row("GET", "projects/{project_id}/datasets", Permission.PROJECT_READ),
)

_FRAMES: Final = "active/{project_id}/collections/{collection_id}"

#: What asks the explorer, whose room has the layer for it.
_EXPLORED: Final = (
    Route("POST", f"{V2}{_FRAMES}/add-preset-items", "explore", Permission.PROJECT_MANAGE),
    Route("POST", f"{V2}{_FRAMES}/remove-preset-items", "explore", Permission.PROJECT_MANAGE),
)

ACTIVE: Final = (
    _row("POST", "active/{project_id}/import", Permission.PROJECT_ADMIN),
    _row("POST", "active/{project_id}/sync", Permission.PROJECT_ADMIN),
    _row("GET", "active/{project_id}/collections", Permission.PROJECT_READ),
    _row("POST", "active/{project_id}/collections", Permission.PROJECT_MANAGE),
    _row("PATCH", _FRAMES, Permission.PROJECT_MANAGE),
    _row("DELETE", _FRAMES, Permission.PROJECT_MANAGE),
    _row("GET", f"{_FRAMES}/items", Permission.PROJECT_READ),
    _row("POST", f"{_FRAMES}/add-items", Permission.PROJECT_MANAGE),
    _row("POST", f"{_FRAMES}/remove-items", Permission.PROJECT_MANAGE),
    _row("GET", "active/{project_id}/presets", Permission.PROJECT_READ),
    _row("POST", "active/{project_id}/presets", Permission.PROJECT_MANAGE),
    _row("GET", "active/{project_id}/presets/{preset_id}/raw", Permission.PROJECT_READ),
    _row("PATCH", "active/{project_id}/presets/{preset_id}", Permission.PROJECT_MANAGE),
    _row("DELETE", "active/{project_id}/presets/{preset_id}", Permission.PROJECT_MANAGE),
    *_EXPLORED,
)

_COLLECTION: Final = "index/collections/{collection_id}"

COLLECTIONS: Final = (
    _row("GET", "index/collections", Permission.ORG_READ),
    _row("POST", "index/collections", Permission.ORG_READ),
    _row("PATCH", _COLLECTION, Permission.ORG_READ),
    _row("DELETE", _COLLECTION, Permission.ORG_READ),
    _row("GET", f"{_COLLECTION}/accessible-items", Permission.ORG_READ),
    _row("GET", f"{_COLLECTION}/all-items", Permission.ORG_READ),
    _row("POST", f"{_COLLECTION}/add-items", Permission.ORG_READ),
    _row("POST", f"{_COLLECTION}/remove-items", Permission.ORG_READ),
    _row("POST", f"{_COLLECTION}/add-data-title-items", Permission.ORG_READ),
    _row("POST", f"{_COLLECTION}/add-preset-items", Permission.ORG_READ),
    _row("POST", f"{_COLLECTION}/remove-preset-items", Permission.ORG_READ),
    _row("GET", "index/presets", Permission.ORG_READ),
    _row("POST", "index/presets", Permission.ORG_CREATE),
    _row("GET", "index/presets/{preset_id}", Permission.ORG_READ),
    _row("PATCH", "index/presets/{preset_id}", Permission.ORG_READ),
    _row("DELETE", "index/presets/{preset_id}", Permission.ORG_READ),
)

METADATA: Final = (
    _row("GET", "organisation/client-metadata-schema-v2", Permission.ORG_READ),
    _row("POST", "organisation/client-metadata-schema-v2", Permission.ORG_ADMIN),
    _row("GET", "organisation/client-metadata-schema", Permission.ORG_READ),
    _row("POST", "organisation/client-metadata-schema", Permission.ORG_ADMIN),
)

PEOPLE: Final = (
    _row("GET", "user/bearer-token", Permission.ORG_READ),
    _row("GET", "user/current-organisation/groups", Permission.ORG_READ),
    _row("GET", "organisation/users", Permission.ORG_READ),
    _row("POST", "organisation/users", Permission.ORG_INVITE),
    _row("DELETE", "organisation/users/{email}", Permission.ORG_ADMIN),
    _row("POST", "organisation/groups", Permission.ORG_ADMIN),
    _row("GET", "organisation/groups/{group_id}", Permission.ORG_READ),
    _row("PATCH", "organisation/groups/{group_id}", Permission.ORG_ADMIN),
    _row("DELETE", "organisation/groups/{group_id}", Permission.ORG_ADMIN),
    _row("GET", "organisation/groups/{group_id}/users", Permission.ORG_READ),
    _row("POST", "organisation/groups/{group_id}/users", Permission.ORG_ADMIN),
    _row("POST", "organisation/groups/{group_id}/users/bulk-delete", Permission.ORG_ADMIN),
    _row("GET", "organisation/organisation-tags", Permission.ORG_READ),
    _row("POST", "organisation/organisation-tags", Permission.ORG_ADMIN),
    _row("DELETE", "organisation/organisation-tags/{tag_id}", Permission.ORG_ADMIN),
    _row("GET", "datasets/{dataset_id}/groups", Permission.RESOURCE_READ),
    _row("POST", "datasets/{dataset_id}/groups", Permission.RESOURCE_ADMIN),
    _row("DELETE", "datasets/{dataset_id}/groups", Permission.RESOURCE_ADMIN),
    _row("GET", "ontologies/{ontology_id}/groups", Permission.RESOURCE_READ),
    _row("POST", "ontologies/{ontology_id}/groups", Permission.RESOURCE_ADMIN),
    _row("DELETE", "ontologies/{ontology_id}/groups", Permission.RESOURCE_ADMIN),
    _row("GET", "storage/folders/{folder_id}/groups", Permission.RESOURCE_READ),
    _row("POST", "storage/folders/{folder_id}/groups", Permission.RESOURCE_ADMIN),
    _row("DELETE", "storage/folders/{folder_id}/groups", Permission.RESOURCE_ADMIN),
)

#: Answered with 405 and why.
LEFT_OUT: Final = tuple(
    _row(method, path, Permission.ORG_READ) for part in left_out.LEFT_OUT.values() for method, path in part.calls
)

SDK_ROUTES: Final = (
    *(*LEGACY, *PROJECTS, *ONTOLOGIES, *WORKFLOW, *LABELS),
    *(*STORAGE, *POLLS, *DATASETS, *ACTIVE, *COLLECTIONS, *METADATA, *PEOPLE, *LEFT_OUT),
)
