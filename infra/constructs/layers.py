"""The layers that functions are composed of."""

from collections.abc import Iterable

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import layers
from infra.constructs.room import ARCHITECTURE, RUNTIME


class Layers(Construct):
    """The named layers of `layers/`, built for the deployment's interpreter."""

    def __init__(self, scope: Construct, *, names: Iterable[str], target: str) -> None:
        super().__init__(scope, "Layers")
        self.by_name = {
            name: lambda_.LayerVersion(
                self,
                name.capitalize(),
                code=lambda_.Code.from_asset(str(layers.archive(name, target))),
                compatible_runtimes=[RUNTIME],
                compatible_architectures=[ARCHITECTURE],
                description=f"Gloss: {name}",
            )
            for name in sorted(set(names))
        }
