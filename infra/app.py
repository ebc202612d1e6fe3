"""The CDK app: one stack, and its two rule packs when asked for."""

from collections.abc import Mapping

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import acknowledgements, config
from infra.stack import Gloss


def build(context: Mapping[str, str] | None = None) -> cdk.App:
    """The app under the context that the command line passes on, or under the given one."""
    app = cdk.App(context=context)
    settings = config.from_context(app.node)
    stack = Gloss(app, settings=settings)
    acknowledgements.give(stack)
    if settings.nag:
        cdk.Aspects.of(app).add(AwsSolutionsChecks(verbose=True))
        cdk.Aspects.of(app).add(ServerlessChecks(verbose=True))
    return app


if __name__ == "__main__":
    build().synth()
