"""What may differ from one deployment to another: the switches of cdk.json, read once."""

from dataclasses import dataclass
from typing import Literal

from constructs import Node


@dataclass(frozen=True)
class Config:
    """One deployment of Gloss.

    stage            its name, part of the stack's name
    layers           whose interpreter the layers are built for: `lambda` (AWS) or `local` (the emulator)
    webhook_allow    hosts, comma-separated, to which webhooks may go without https; empty on AWS
    media_allow      hosts, comma-separated, that integrations may reach without https; empty on AWS
    allowed_origins  browser origins, comma-separated
    alarm_email      who hears of alarms; empty: nobody is subscribed
    front            whether a distribution stands before the gateway; some partitions have none
    domain           the distribution's name besides its own; empty: none
    certificate      the ARN of a certificate for it, in us-east-1
    nag              check the stack against the AwsSolutions and Serverless packs
    """

    stage: str
    layers: Literal["lambda", "local"]
    webhook_allow: str
    media_allow: str
    allowed_origins: tuple[str, ...]
    alarm_email: str
    front: bool
    domain: str
    certificate: str
    nag: bool

    def __post_init__(self) -> None:
        if bool(self.domain) != bool(self.certificate):
            raise ValueError("`domain` and `certificate` belong together: give both, or neither.")
        if self.domain and not self.front:
            raise ValueError("`domain` is the front's: leave it out where `front` is false.")

    @property
    def stack_name(self) -> str:
        return f"gloss-{self.stage}"


def from_context(node: Node) -> Config:
    """The switches as cdk.json and `-c` give them."""

    def text(key: str) -> str:
        return str(node.get_context(key))

    return Config(
        stage=text("stage"),
        layers="local" if text("layers") == "local" else "lambda",
        webhook_allow=text("webhook-allow"),
        media_allow=text("media-allow"),
        allowed_origins=tuple(text("allowed-origins").split(",")),
        alarm_email=text("alarm-email"),
        front=text("front") == "true",
        domain=text("domain"),
        certificate=text("certificate"),
        nag=text("nag") == "true",
    )
