"""What a reader of the template wants to be sure of."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gloss.routes import ROUTES
from infra.constructs.front import FUNCTION
from infra.local import cloud
from infra.rooms import DOORWAYS
from infra.rooms import every as handlers
from tests.infra.reading import Template, every, mentions, of_type, properties, statements, target, without_redrive

#: A dependency that is told twice: the CDK writes it so.
ROUTES_AN_API_TAKES = 300
WRITTEN_BY_CDK = "W3005"
#: AWS's own policies, by the ids that the developer guide gives them.
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
GATEWAY_GIVES_UP_S = 30
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0e4f2ac0-3f1e-4d0c-9d1a-2b3c4d5e6f70"

#: These actions know no resources, as the service authorisation reference says.
WITHOUT_RESOURCES = {
    "dynamodb:ListStreams",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}


def test_every_queue_has_a_dead_letter_queue_or_is_one(template: Template) -> None:
    redrives = [each["RedrivePolicy"] for each in properties(template, "AWS::SQS::Queue") if "RedrivePolicy" in each]
    mappings = properties(template, "AWS::Lambda::EventSourceMapping")
    failures = [each["DestinationConfig"]["OnFailure"] for each in mappings if "DestinationConfig" in each]
    dead = {target(each["deadLetterTargetArn"]) for each in redrives} | {
        target(each["Destination"]) for each in failures
    }

    assert set(without_redrive(template)) == dead


def test_every_dead_letter_queue_is_watched_by_an_alarm(template: Template) -> None:
    watched = [each.get("Dimensions") for each in properties(template, "AWS::CloudWatch::Alarm")]

    assert all(mentions(watched, name) for name in without_redrive(template))


def test_every_function_has_a_role_of_its_own(template: Template) -> None:
    roles = [target(function["Role"]) for function in properties(template, "AWS::Lambda::Function")]

    assert len(roles) == len(set(roles))


def test_every_function_writes_to_a_log_that_expires(template: Template) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    used = {target(each["LoggingConfig"]["LogGroup"]) for each in properties(template, "AWS::Lambda::Function")}

    assert used <= set(groups)
    assert all(group["Properties"]["RetentionInDays"] <= 90 for group in groups.values())


def test_every_function_that_fails_raises_an_alarm(template: Template) -> None:
    watched = [each for each in properties(template, "AWS::CloudWatch::Alarm") if each["MetricName"] == "Errors"]

    assert {target(each["Dimensions"][0]["Value"]) for each in watched} == set(
        of_type(template, "AWS::Lambda::Function")
    )


def test_every_function_and_machine_is_traced(template: Template) -> None:
    functions = properties(template, "AWS::Lambda::Function")
    machines = properties(template, "AWS::StepFunctions::StateMachine")

    assert all(each["TracingConfig"]["Mode"] == "Active" for each in functions)
    assert all(each["TracingConfiguration"]["Enabled"] for each in machines)


def test_no_permission_covers_every_resource_without_need(template: Template) -> None:
    bare = [statement for _, statement in statements(template) if "*" in every(statement["Resource"])]

    assert {action for statement in bare for action in every(statement["Action"])} <= WITHOUT_RESOURCES


def test_no_function_may_scan_a_table(template: Template) -> None:
    actions = {action for _, statement in statements(template) for action in every(statement["Action"])}

    assert not actions & {"dynamodb:Scan", "dynamodb:*", "*"}


def test_tables_can_be_restored_and_are_not_deleted(template: Template) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table").values()

    assert all(each["DeletionPolicy"] == "Retain" for each in tables)
    assert all(each["Properties"]["DeletionProtectionEnabled"] for each in tables)
    assert all(each["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] for each in tables)


def test_only_the_outbox_has_a_stream(template: Template) -> None:
    streams = [
        each["StreamSpecification"]
        for each in properties(template, "AWS::DynamoDB::Table")
        if "StreamSpecification" in each
    ]

    assert streams == [{"StreamViewType": "NEW_IMAGE"}]


def test_the_bucket_is_private_versioned_and_kept(template: Template) -> None:
    (bucket,) = of_type(template, "AWS::S3::Bucket").values()

    assert bucket["DeletionPolicy"] == "Retain"
    assert bucket["Properties"]["VersioningConfiguration"]["Status"] == "Enabled"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert mentions(properties(template, "AWS::S3::BucketPolicy"), "aws:SecureTransport")


def test_the_timetable_may_start_folder_syncs_and_nothing_else(template: Template) -> None:
    (starter,) = (name for name in of_type(template, "AWS::IAM::Role") if name.startswith("TimetableStarter"))
    policies = [each for each in properties(template, "AWS::IAM::Policy") if mentions(each["Roles"], starter)]
    allowed = [statement for each in policies for statement in each["PolicyDocument"]["Statement"]]

    actions = {action for statement in allowed for action in every(statement["Action"])}
    starting = [each for each in allowed if "states:StartExecution" in every(each["Action"])]
    assert actions == {"states:StartExecution", "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
    assert all(target(each["Resource"]).startswith("FolderSyncMachine") for each in starting)
    assert of_type(template, "AWS::Scheduler::Schedule") == {}


def test_runs_that_end_badly_are_told_to_a_function_that_may_start_none(template: Template) -> None:
    (rule,) = properties(template, "AWS::Events::Rule")
    told = rule["EventPattern"]["detail"]
    heeded = ("RegistrationMachine", "FolderSyncMachine", "ExportMachine", "BulkMachine", "LateAnswerMachine")
    strays = next(name for name in without_redrive(template) if name.startswith("Strays"))
    (asked,) = properties(template, "AWS::Lambda::EventInvokeConfig")

    assert (set(told["status"]), rule["EventPattern"]["source"]) == ({"FAILED", "TIMED_OUT", "ABORTED"}, ["aws.states"])
    assert all(target(arn).startswith(name) for arn, name in zip(told["stateMachineArn"], heeded, strict=True))
    assert [target(each["DeadLetterConfig"]["Arn"]) for each in rule["Targets"]] == [strays]
    assert target(asked["DestinationConfig"]["OnFailure"]["Destination"]) == strays
    assert [target(each["Arn"]) for each in rule["Targets"]] == [target(asked["FunctionName"])]
    allowed = [each for name, each in statements(template) if name.startswith("RelayHeed")]
    assert mentions(allowed, "dynamodb:PutItem")
    assert not mentions(allowed, "states:")


def test_stream_readers_give_up_after_a_while(template: Template) -> None:
    mappings = [each for each in properties(template, "AWS::Lambda::EventSourceMapping") if "StartingPosition" in each]

    assert len(mappings) == 2
    assert all(each["MaximumRecordAgeInSeconds"] <= 86_400 and each["BisectBatchOnFunctionError"] for each in mappings)
    assert all("DestinationConfig" in each for each in mappings)


def reached(method: str, path: str, routes: Sequence[Template]) -> str:
    """The integration that the gateway hands a request to: full matches before greedy ones, its method before ANY."""
    said = [(each["RouteKey"].split(" "), each["Target"]["Fn::Join"][1][1]["Ref"]) for each in routes]
    found = [(key, to) for key, to in said if key[0] in {method, "ANY"} and re.fullmatch(pattern(key[1]), path)]
    return min(found, key=lambda it: ("+" in it[0][1], it[0][1].count("{"), it[0][0] == "ANY"))[1]


def integration(room: str) -> str:
    """How the name of a room's integration begins."""
    return f"Api{room.replace('_', '')}Integration"


def pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", path.replace("{proxy+}", ".+"))


def test_every_route_of_the_table_reaches_its_room(template: Template) -> None:
    routes = [each for each in properties(template, "AWS::ApiGatewayV2::Route") if each["RouteKey"] != "$default"]
    open_rooms = {handler.room for handler in DOORWAYS}

    lost = [it for it in ROUTES if not reached(it.method, it.path, routes).startswith(integration(it.room))]

    assert {route.room for route in ROUTES} <= open_rooms
    assert (lost, len(routes) < ROUTES_AN_API_TAKES) == ([], True)


def test_requests_that_are_held_have_a_small_function_of_their_own(template: Template) -> None:
    keys = {each["RouteKey"] for each in properties(template, "AWS::ApiGatewayV2::Route")}
    held = [route for route in ROUTES if route.room == "poll"]
    reserved = [it for it in properties(template, "AWS::Lambda::Function") if "ReservedConcurrentExecutions" in it]
    waiting = next(handler for handler in DOORWAYS if handler.room == "poll")

    assert {f"ANY {route.path}" for route in held} <= keys
    assert waiting.memory_mb == min(handler.memory_mb for handler in DOORWAYS)
    assert waiting.at_once in {it["ReservedConcurrentExecutions"] for it in reserved if it["MemorySize"] == 256}


def test_the_stack_stays_clear_of_the_resource_limit(template: Template) -> None:
    assert len(template["Resources"]) < 480


def test_the_rule_packs_find_nothing_unacknowledged(synthesis) -> None:
    assert synthesis.findings == []


def test_cfn_lint_finds_nothing_in_the_template(template_file: Path) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"
    command = [str(linter), "--regions", "us-east-1", "--ignore-checks", WRITTEN_BY_CDK, "--", str(template_file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


def test_the_local_deployment_differs_in_four_switches_only() -> None:
    names = [part.partition("=")[0] for part in cloud.switches() if part != "-c"]

    assert names == ["stage", "layers", "webhook-allow", "media-allow"]


def test_uploads_that_nobody_kept_are_removed(template: Template) -> None:
    (bucket,) = [each for each in properties(template, "AWS::S3::Bucket") if "LifecycleConfiguration" in each]

    rules = [each for each in bucket["LifecycleConfiguration"]["Rules"] if each.get("Prefix") == "uploads/"]

    assert [(rule["ExpirationInDays"], rule["TagFilters"]) for rule in rules] == [
        (2, [{"Key": "gloss", "Value": "unfinished"}])
    ]


def test_secrets_of_integrations_are_reached_under_the_prefix_by_those_who_need_them(template: Template) -> None:
    allowed = {
        (name, action): mentions(statement["Resource"], ":secret:gloss/integrations/gloss-main/*")
        for name, statement in statements(template)
        for action in every(statement["Action"])
        if action.startswith("secretsmanager:")
    }
    keepers = {name for name, action in allowed if action != "secretsmanager:GetSecretValue"}

    assert all(allowed.values())
    assert [name.partition("RoleDefault")[0] for name in keepers] == ["RegisterApp"]
    assert len({name for name, _ in allowed}) == sum("media" in each.grants for each in handlers())


def test_everything_comes_in_by_a_distribution_that_keeps_nothing(template: Template) -> None:
    (front,) = (each["DistributionConfig"] for each in properties(template, "AWS::CloudFront::Distribution"))
    behavior = front["DefaultCacheBehavior"]

    assert "CacheBehaviors" not in front
    assert (behavior["CachePolicyId"], behavior["OriginRequestPolicyId"]) == (CACHING_DISABLED, ALL_BUT_HOST)
    assert {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"} == set(behavior["AllowedMethods"])
    assert {each["ErrorCachingMinTTL"] for each in front["CustomErrorResponses"]} == {0}
    assert {400, 403, 404, 500, 502, 503, 504} <= {each["ErrorCode"] for each in front["CustomErrorResponses"]}


def test_the_distribution_speaks_https_only_and_waits_longer_than_the_gateway(template: Template) -> None:
    (front,) = (each["DistributionConfig"] for each in properties(template, "AWS::CloudFront::Distribution"))
    (origin,) = front["Origins"]
    reached = origin["CustomOriginConfig"]

    assert front["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "https-only"
    assert (reached["OriginProtocolPolicy"], reached["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"])
    assert GATEWAY_GIVES_UP_S < reached["OriginReadTimeout"] <= 60
    assert target(origin["DomainName"]["Fn::Join"][1][0]) in of_type(template, "AWS::ApiGatewayV2::Api")


def test_the_distribution_asks_the_function_that_is_tested_before_every_request(template: Template) -> None:
    (front,) = (each["DistributionConfig"] for each in properties(template, "AWS::CloudFront::Distribution"))
    ((name, function),) = of_type(template, "AWS::CloudFront::Function").items()
    (asked,) = front["DefaultCacheBehavior"]["FunctionAssociations"]

    assert (asked["EventType"], target(asked["FunctionARN"])) == ("viewer-request", name)
    assert function["Properties"]["FunctionCode"] == FUNCTION.read_text()
    assert function["Properties"]["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert function["Properties"]["AutoPublish"]


def test_the_address_that_is_told_is_the_distributions(template: Template) -> None:
    (name,) = of_type(template, "AWS::CloudFront::Distribution")

    assert template["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1] == [
        "https://",
        {"Fn::GetAtt": [name, "DomainName"]},
    ]


def test_a_domain_of_ones_own_demands_tls_of_today(stack_with) -> None:
    template = stack_with(domain="gloss.acme.io", certificate=CERTIFICATE)
    (front,) = (each["DistributionConfig"] for each in properties(template, "AWS::CloudFront::Distribution"))

    assert (front["Aliases"], template["Outputs"]["ApiUrl"]["Value"]) == (["gloss.acme.io"], "https://gloss.acme.io")
    assert front["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def test_where_there_is_no_distribution_the_gateway_is_the_address(stack_with) -> None:
    template = stack_with(front="false")

    assert of_type(template, "AWS::CloudFront::Distribution") == {}
    assert template["Outputs"]["ApiUrl"] == template["Outputs"]["GatewayUrl"]


@pytest.mark.parametrize(
    "switches",
    [
        {"domain": "gloss.acme.io"},
        {"certificate": CERTIFICATE},
        {"front": "false", "domain": "gloss.acme.io", "certificate": CERTIFICATE},
    ],
)
def test_switches_of_the_domain_that_do_not_fit_together_are_refused(stack_with, switches: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="`domain`"):
        stack_with(**switches)
