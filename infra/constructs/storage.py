"""What must never be lost: the two tables, the objects and the key of secrets."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

INDEXES: Final = {
    "by_parent": dynamodb.ProjectionType.ALL,
    "by_owner": dynamodb.ProjectionType.ALL,
    "by_state": dynamodb.ProjectionType.ALL,
    "by_stage": dynamodb.ProjectionType.KEYS_ONLY,
}


class Storage(Construct):
    """Retained when the stack goes; restored as docs/operations.md says."""

    def __init__(self, scope: Construct, *, allowed_origins: tuple[str, ...]) -> None:
        super().__init__(scope, "Storage")
        self.records = self._table("Records")
        for index, projection in INDEXES.items():
            self.records.add_global_secondary_index(
                index_name=index,
                partition_key=_text(f"{index}_partition"),
                sort_key=_text(f"{index}_sort"),
                projection_type=projection,
            )
        self.outbox = self._table("Outbox", stream=dynamodb.StreamViewType.NEW_IMAGE)
        self.objects = self._bucket(allowed_origins)
        self.key = kms.Key(
            self,
            "Secrets",
            description="Encrypts the secrets of webhooks in their records",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _table(self, name: str, stream: dynamodb.StreamViewType | None = None) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=_text("partition"),
            sort_key=_text("sort"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            stream=stream,
            time_to_live_attribute="expires",
        )

    def _bucket(self, allowed_origins: tuple[str, ...]) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Objects",
            versioned=True,
            enforce_ssl=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    prefix="tmp/",
                    expiration=Duration.days(2),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                s3.LifecycleRule(prefix="convoys/", expiration=Duration.days(30)),
                s3.LifecycleRule(prefix="uploads/", tag_filters={"gloss": "unfinished"}, expiration=Duration.days(2)),
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(2),
                    noncurrent_version_expiration=Duration.days(30),
                ),
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT],
                    allowed_origins=list(allowed_origins),
                    allowed_headers=["*"],
                )
            ],
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
