"""Doorways of the API's description: OpenAPI as JSON, and Swagger UI over it."""

from importlib.resources import files

from aws_lambda_powertools.event_handler import Response

from gloss import edge

router = edge.router()

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gloss: the API</title><style>{style}</style></head>
<body><div id="api"></div>
<script>{script}</script>
<script>SwaggerUIBundle({{ url: "/v1/openapi.json", dom_id: "#api", deepLinking: true }});</script>
</body>
</html>
"""


@router.get("/v1/openapi.json")
def openapi() -> Response[str]:
    """The OpenAPI description of every route."""
    return Response(200, "application/json", files("gloss").joinpath("openapi.json").read_text())


@router.get("/v1/docs")
def docs() -> Response[str]:
    """Swagger UI, whole in one page: it loads nothing from elsewhere."""
    parts = files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    script = parts.joinpath("swagger-ui-bundle.min.js").read_text()
    style = parts.joinpath("swagger-ui.min.css").read_text()
    return Response(200, "text/html; charset=utf-8", PAGE.format(script=script, style=style))
