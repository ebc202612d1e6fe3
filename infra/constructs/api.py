"""The HTTP API, its routes made from `gloss.routes.ROUTES`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from gloss.routes import ROUTES, Route
from gloss.sdk.routes import V2
from infra.constructs.room import RETENTION

LOGGED: Final = {
    "request": "$context.requestId",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "failure": "$context.integrationErrorMessage",
}


#: The parts of `/v1/projects/{project_id}/tasks`.
STEM: Final = 5


class Api(Construct):
    """One integration a room, one route a path; `edge.py` authenticates, since signatures bind the raw body."""

    def __init__(
        self, scope: Construct, *, doorways: Mapping[str, lambda_.Function], allowed_origins: tuple[str, ...]
    ) -> None:
        super().__init__(scope, "Api")
        self.http = apigw.HttpApi(
            self,
            "Http",
            api_name=f"{Aws.STACK_NAME}",
            create_default_stage=False,
            cors_preflight=apigw.CorsPreflightOptions(
                allow_origins=list(allowed_origins),
                allow_methods=[apigw.CorsHttpMethod.ANY],
                allow_headers=["*"],
                max_age=Duration.hours(1),
            ),
        )
        self.stage = self._stage()
        targets = {room: self._integration(room, function) for room, function in doorways.items()}
        for key, room in _keys(doorways):
            self._route(key, targets[room])

    def _stage(self) -> apigw.CfnStage:
        access = logs.LogGroup(self, "Access", retention=RETENTION)
        return apigw.CfnStage(
            self,
            "Stage",
            api_id=self.http.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigw.CfnStage.AccessLogSettingsProperty(
                destination_arn=access.log_group_arn, format=json.dumps(LOGGED)
            ),
            default_route_settings=apigw.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=2000, throttling_rate_limit=1000, detailed_metrics_enabled=True
            ),
        )

    def _integration(self, room: str, function: lambda_.Function) -> apigw.CfnIntegration:
        function.add_permission(
            "Gateway",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self.http.arn_for_execute_api(),
        )
        return apigw.CfnIntegration(
            self,
            f"{room}Integration",
            api_id=self.http.api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )

    def _route(self, key: str, target: apigw.CfnIntegration) -> None:
        apigw.CfnRoute(
            self,
            "".join(letter if letter.isalnum() else "-" for letter in key),
            api_id=self.http.api_id,
            route_key=key,
            authorization_type="NONE",
            target=f"integrations/{target.ref}",
        )


def gateway_path(route: Route) -> str:
    """A route's path; all of the SDK's are one, and so are several of one room below `/v1/<what>/{id}/<word>/`.

    An API has 300 routes at most and a stack 500 resources; the room's own table tells the routes apart.
    """
    if route.room == "sdk" and route.path.startswith(V2):
        return V2 + "{proxy+}"
    stem = _stem(route)
    below = {other.path: other.room for other in ROUTES if _stem(other) == stem}
    return stem + "{proxy+}" if stem and len(below) > 1 and set(below.values()) == {route.room} else route.path


def _stem(route: Route) -> str:
    """`/v1/projects/{project_id}/tasks/` of all that lies below it; empty for what lies higher, and for the SDK's."""
    parts = route.path.split("/")
    return "/".join([*parts[:STEM], ""]) if len(parts) > STEM and parts[1] == "v1" else ""


def _keys(rooms: Iterable[str]) -> list[tuple[str, str]]:
    """Route keys and their rooms: a path whose methods share a room is one key, so that the room refuses the others."""
    paths: dict[str, dict[str, str]] = defaultdict(dict)
    for route in ROUTES:
        if route.room in rooms:
            paths[gateway_path(route)][route.method] = route.room
    keys = []
    for path, methods in paths.items():
        together = len(set(methods.values())) == 1
        keys += (
            [("ANY " + path, next(iter(methods.values())))]
            if together
            else [(f"{m} {path}", r) for m, r in methods.items()]
        )
    return [*keys, ("$default", "report")]
