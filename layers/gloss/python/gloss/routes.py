"""The one table of routes: method, path, room and the permission it asks for. The gateway, the doorways, the
authorisation, docs/api.md and the test that tries every route without a key are all made from it."""

from typing import NamedTuple

from gloss.domain.access import Permission


class Route(NamedTuple):
    """One row; path parameters as `{name}`, and the name tells the resource whose roles count."""

    method: str
    path: str
    room: str
    permission: Permission


ROUTES: tuple[Route, ...] = (
    # report: health, overview
    Route("GET", "/v1/health", "report", Permission.OPEN),
    Route("GET", "/v1/openapi.json", "report", Permission.OPEN),
    Route("GET", "/v1/docs", "report", Permission.OPEN),
    Route("GET", "/v1/projects/{project_id}/overview", "report", Permission.PROJECT_MANAGE),
    # identity (room catalog): who I am, people, credentials
    Route("GET", "/v1/me", "catalog", Permission.ORG_READ),
    Route("GET", "/v1/users", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/users", "catalog", Permission.ORG_INVITE),
    Route("GET", "/v1/credentials", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/credentials", "catalog", Permission.ORG_READ),
    Route("DELETE", "/v1/credentials/{credential_id}", "catalog", Permission.ORG_READ),
    # register: folders, items, integrations, upload jobs
    Route("GET", "/v1/folders", "register", Permission.ORG_READ),
    Route("POST", "/v1/folders", "register", Permission.ORG_CREATE),
    Route("GET", "/v1/folders/{folder_id}", "register", Permission.RESOURCE_READ),
    Route("PATCH", "/v1/folders/{folder_id}", "register", Permission.RESOURCE_ADMIN),
    Route("DELETE", "/v1/folders/{folder_id}", "register", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/folders/{folder_id}/items", "register", Permission.RESOURCE_READ),
    Route("POST", "/v1/folders/{folder_id}/manifests", "register", Permission.RESOURCE_ADMIN),
    Route("POST", "/v1/folders/{folder_id}/data-upload-jobs", "register", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/data-upload-jobs/{job_id}", "register", Permission.ORG_READ),
    Route("POST", "/v1/data-upload-jobs/{job_id}/cancel", "register", Permission.ORG_READ),
    Route("GET", "/v1/data-upload-jobs/{job_id}/errors", "register", Permission.ORG_READ),
    Route("GET", "/v1/data-upload-jobs/{job_id}/items", "register", Permission.ORG_READ),
    Route("GET", "/v1/items/{item_id}", "register", Permission.ORG_READ),
    Route("PATCH", "/v1/items/{item_id}", "register", Permission.ORG_READ),
    Route("DELETE", "/v1/items/{item_id}", "register", Permission.ORG_READ),
    Route("GET", "/v1/integrations", "register", Permission.ORG_READ),
    Route("POST", "/v1/integrations", "register", Permission.ORG_CREATE),
    Route("GET", "/v1/integrations/{integration_id}", "register", Permission.RESOURCE_READ),
    Route("POST", "/v1/integrations/{integration_id}/test", "register", Permission.RESOURCE_USE),
    # catalog: datasets, ontologies, workflow templates, projects, members
    Route("GET", "/v1/datasets", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/datasets", "catalog", Permission.ORG_CREATE),
    Route("GET", "/v1/datasets/{dataset_id}", "catalog", Permission.RESOURCE_READ),
    Route("GET", "/v1/datasets/{dataset_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("POST", "/v1/datasets/{dataset_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("PATCH", "/v1/datasets/{dataset_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("DELETE", "/v1/datasets/{dataset_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/datasets/{dataset_id}/rows", "catalog", Permission.RESOURCE_READ),
    Route("POST", "/v1/datasets/{dataset_id}/items", "catalog", Permission.RESOURCE_ADMIN),
    Route("DELETE", "/v1/datasets/{dataset_id}/rows/{data_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/ontologies", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/ontologies", "catalog", Permission.ORG_CREATE),
    Route("GET", "/v1/ontologies/{ontology_id}", "catalog", Permission.RESOURCE_READ),
    Route("GET", "/v1/ontologies/{ontology_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("POST", "/v1/ontologies/{ontology_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("PATCH", "/v1/ontologies/{ontology_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("DELETE", "/v1/ontologies/{ontology_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("PUT", "/v1/ontologies/{ontology_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/workflow-templates", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/workflow-templates", "catalog", Permission.ORG_CREATE),
    Route("GET", "/v1/workflow-templates/{template_id}", "catalog", Permission.RESOURCE_READ),
    Route("GET", "/v1/workflow-templates/{template_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("POST", "/v1/workflow-templates/{template_id}/members", "catalog", Permission.RESOURCE_ADMIN),
    Route("PATCH", "/v1/workflow-templates/{template_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("DELETE", "/v1/workflow-templates/{template_id}/members/{user_id}", "catalog", Permission.RESOURCE_ADMIN),
    Route("GET", "/v1/projects", "catalog", Permission.ORG_READ),
    Route("POST", "/v1/projects", "catalog", Permission.ORG_CREATE),
    Route("GET", "/v1/projects/{project_id}", "catalog", Permission.PROJECT_READ),
    Route("PATCH", "/v1/projects/{project_id}", "catalog", Permission.PROJECT_ADMIN),
    Route("POST", "/v1/projects/{project_id}/datasets", "catalog", Permission.PROJECT_ADMIN),
    Route("PUT", "/v1/projects/{project_id}/status", "catalog", Permission.PROJECT_MANAGE),
    Route("POST", "/v1/projects/{project_id}/join", "catalog", Permission.ORG_ADMIN),
    Route("GET", "/v1/projects/{project_id}/members", "catalog", Permission.PROJECT_MANAGE),
    Route("POST", "/v1/projects/{project_id}/members", "catalog", Permission.PROJECT_MANAGE),
    Route("PATCH", "/v1/projects/{project_id}/members/{user_id}", "catalog", Permission.PROJECT_MANAGE),
    Route("DELETE", "/v1/projects/{project_id}/members/{user_id}", "catalog", Permission.PROJECT_MANAGE),
    # workflow: stages, tasks, actions, claims, labels, reviews, issues, webhooks
    Route("GET", "/v1/projects/{project_id}/stages", "workflow", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/stages/{stage_id}/claim", "workflow", Permission.PROJECT_WORK),
    Route("GET", "/v1/projects/{project_id}/tasks", "workflow", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/tasks/actions", "workflow", Permission.PROJECT_WORK),
    Route("POST", "/v1/projects/{project_id}/tasks/priorities", "workflow", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}", "workflow", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}/history", "workflow", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/tasks/{task_id}/actions", "workflow", Permission.PROJECT_WORK),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}/labels", "workflow", Permission.PROJECT_READ),
    Route("PUT", "/v1/projects/{project_id}/tasks/{task_id}/labels", "workflow", Permission.PROJECT_WORK),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}/labels/history", "workflow", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/tasks/{task_id}/labels/restore", "workflow", Permission.PROJECT_WORK),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}/reviews", "workflow", Permission.PROJECT_READ),
    Route(
        "POST",
        "/v1/projects/{project_id}/tasks/{task_id}/reviews/{label_id}/actions",
        "workflow",
        Permission.PROJECT_REVIEW,
    ),
    Route("GET", "/v1/projects/{project_id}/issues", "workflow", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/tasks/{task_id}/issues", "workflow", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/tasks/{task_id}/issues", "workflow", Permission.PROJECT_WORK),
    Route(
        "POST",
        "/v1/projects/{project_id}/tasks/{task_id}/issues/{issue_id}/comments",
        "workflow",
        Permission.PROJECT_WORK,
    ),
    Route(
        "POST",
        "/v1/projects/{project_id}/tasks/{task_id}/issues/{issue_id}/resolve",
        "workflow",
        Permission.PROJECT_WORK,
    ),
    Route(
        "POST",
        "/v1/projects/{project_id}/tasks/{task_id}/issues/{issue_id}/reopen",
        "workflow",
        Permission.PROJECT_WORK,
    ),
    Route("GET", "/v1/projects/{project_id}/webhooks", "workflow", Permission.PROJECT_ADMIN),
    Route("POST", "/v1/projects/{project_id}/webhooks", "workflow", Permission.PROJECT_ADMIN),
    Route("GET", "/v1/projects/{project_id}/webhooks/{endpoint_id}", "workflow", Permission.PROJECT_ADMIN),
    Route("PATCH", "/v1/projects/{project_id}/webhooks/{endpoint_id}", "workflow", Permission.PROJECT_ADMIN),
    Route("DELETE", "/v1/projects/{project_id}/webhooks/{endpoint_id}", "workflow", Permission.PROJECT_ADMIN),
    Route("POST", "/v1/projects/{project_id}/webhooks/{endpoint_id}/test", "workflow", Permission.PROJECT_ADMIN),
    Route("GET", "/v1/projects/{project_id}/webhooks/{endpoint_id}/deliveries", "workflow", Permission.PROJECT_ADMIN),
    Route(
        "POST",
        "/v1/projects/{project_id}/webhooks/{endpoint_id}/deliveries/{uid}/redeliver",
        "workflow",
        Permission.PROJECT_ADMIN,
    ),
    # agents: agent stages
    Route("GET", "/v1/projects/{project_id}/agent-stages/{stage_id}/tasks", "agents", Permission.PROJECT_MANAGE),
    Route(
        "POST",
        "/v1/projects/{project_id}/agent-stages/{stage_id}/tasks/{task_id}/proceed",
        "agents",
        Permission.PROJECT_MANAGE,
    ),
    # import_stages: staged imports
    Route("GET", "/v1/projects/{project_id}/imports", "import_stages", Permission.PROJECT_ADMIN),
    Route("POST", "/v1/projects/{project_id}/imports", "import_stages", Permission.PROJECT_ADMIN),
    Route("GET", "/v1/projects/{project_id}/imports/{import_id}", "import_stages", Permission.PROJECT_ADMIN),
    Route("POST", "/v1/projects/{project_id}/imports/{import_id}/resume", "import_stages", Permission.PROJECT_ADMIN),
    # explore: search, collections
    Route("POST", "/v1/projects/{project_id}/explore/search", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/explore/labels", "explore", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/explore/shortcuts", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/explore/similar", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/explore/text", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/explore/map", "explore", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/explore/map", "explore", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/explore/metrics", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/explore/metrics/{metric}", "explore", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/explore/metrics/{metric}", "explore", Permission.PROJECT_READ),
    Route("GET", "/v1/projects/{project_id}/collections", "explore", Permission.PROJECT_READ),
    Route("POST", "/v1/projects/{project_id}/collections", "explore", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/collections/{collection_id}", "explore", Permission.PROJECT_READ),
    Route("DELETE", "/v1/projects/{project_id}/collections/{collection_id}", "explore", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/collections/{collection_id}/frames", "explore", Permission.PROJECT_READ),
    Route(
        "PATCH", "/v1/projects/{project_id}/collections/{collection_id}/frames", "explore", Permission.PROJECT_MANAGE
    ),
    Route(
        "POST",
        "/v1/projects/{project_id}/collections/{collection_id}/send-to-annotate",
        "explore",
        Permission.PROJECT_MANAGE,
    ),
    # export: exports, label versions
    Route("GET", "/v1/projects/{project_id}/exports", "export", Permission.PROJECT_MANAGE),
    Route("POST", "/v1/projects/{project_id}/exports", "export", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/exports/{export_id}", "export", Permission.PROJECT_MANAGE),
    Route("POST", "/v1/projects/{project_id}/exports/{export_id}/cancel", "export", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/label-versions", "export", Permission.PROJECT_MANAGE),
    Route("POST", "/v1/projects/{project_id}/label-versions", "export", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/projects/{project_id}/label-versions/{version_id}", "export", Permission.PROJECT_MANAGE),
    # bulk: jobs over many tasks
    Route("POST", "/v1/projects/{project_id}/bulk-jobs", "bulk", Permission.PROJECT_MANAGE),
    Route("GET", "/v1/bulk-jobs/{job_id}", "bulk", Permission.ORG_READ),
    Route("POST", "/v1/bulk-jobs/{job_id}/cancel", "bulk", Permission.ORG_READ),
    Route("POST", "/v1/bulk-jobs/{job_id}/resume", "bulk", Permission.ORG_READ),
    Route("GET", "/v1/bulk-jobs/{job_id}/failed-items", "bulk", Permission.ORG_READ),
)
