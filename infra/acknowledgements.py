"""Findings of the rule packs that stand as they are, each with its reason; none is waved through as a whole."""

from collections.abc import Mapping
from typing import Final

import aws_cdk as cdk
from cdk_nag import NagPackSuppression, NagSuppressions, RegexAppliesTo

#: Rules that cannot be met, and why.
REASONS: Final[Mapping[str, str]] = {
    "AwsSolutions-APIG4": "SDK signatures bind the raw body, so edge.py authenticates; a test tries every route bare.",
    "AwsSolutions-SQS3": "Dead-letter queues have none of their own; an alarm watches each.",
    "AwsSolutions-CFR1": "Who may use an API is for its credentials to say, not for their place on the map.",
    "AwsSolutions-CFR2": "A firewall costs money while nobody works; the gateway throttles, and edge.py authenticates.",
    "AwsSolutions-CFR3": "The gateway logs what passes, the front's function what it refuses; neither names people.",
    "AwsSolutions-CFR4": "TLS 1.2 is demanded with a domain of one's own; CloudFront's name has a policy of its own.",
    "Serverless-SQSRedrivePolicy": "Dead-letter queues have none of their own; an alarm watches each.",
    "AwsSolutions-S1": "Every change of an object stems from a record whose event is archived.",
    "AwsSolutions-SF1": "Failures are logged; each run's whole history is kept by Step Functions for 90 days.",
    "Serverless-LambdaDLQ": "One is called asynchronously, by a rule, and has a destination; all others' callers keep.",
    "Serverless-LambdaEventSourceMappingDestination": "A queue's own redrive policy takes what failed.",
}

#: Wildcards in permissions, as patterns of what the rule names, and why.
WILDCARDS: Final[Mapping[str, str]] = {
    r"^Resource::\*$": "X-Ray and the delivery of logs know no resources.",
    r"^Resource::<StorageRecords\w+\.Arn>/index/\*$": "The three indexes of the table.",
    r"^Resource::<StorageObjects\w+\.Arn>/\*$": "Objects are named by hashes and ids.",
    r"^Resource::<StorageObjects\w+\.Arn>/uploads/\*$": "Uploaded files are named by their announcement's id.",
    r"^Resource::arn:<AWS::Partition>:scheduler:.*/\*$": "Schedules are named by the endpoint or folder they serve.",
    r"^Resource::arn:<AWS::Partition>:states:.*$": "Runs are named by the id of what started them.",
    r"^Resource::<\w+\.Arn>:\*$": "A machine calls the versions of its own states.",
    r"^Resource::arn:aws:iam::\*:role/\*$": "Customers name their own roles, each guarded by an external id.",
    r"^Resource::arn:<AWS::Partition>:secretsmanager:.*:secret:gloss/integrations/.*/\*$": "Secrets are named by ids.",
    r"^Action::(kms:GenerateDataKey|s3:(GetObject|GetBucket|List))\*$": "What AWS itself documents for this use.",
}


def give(stack: cdk.Stack) -> None:
    """Acknowledge them on the whole stack, by rule and finding."""
    rules = [NagPackSuppression(id=rule, reason=reason) for rule, reason in REASONS.items()]
    wildcards = [
        NagPackSuppression(id="AwsSolutions-IAM5", reason=reason, applies_to=[RegexAppliesTo(regex=f"/{pattern}/g")])
        for pattern, reason in WILDCARDS.items()
    ]
    NagSuppressions.add_stack_suppressions(stack, [*rules, *wildcards])
