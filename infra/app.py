"""The CDK app: one stack, and its two rule packs when asked for."""

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import config
from infra.stack import Gloss


def build() -> cdk.App:
    app = cdk.App()
    settings = config.from_context(app.node)
    Gloss(app, settings=settings)
    if settings.nag:
        cdk.Aspects.of(app).add(AwsSolutionsChecks(verbose=True))
        cdk.Aspects.of(app).add(ServerlessChecks(verbose=True))
    return app


if __name__ == "__main__":
    build().synth()
