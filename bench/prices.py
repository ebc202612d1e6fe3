"""What AWS asks for in us-east-1, on demand, without free tiers or discounts; USD, as published until November 2026."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WRITE_UNIT_USD: Final = 0.625e-6
READ_UNIT_USD: Final = 0.125e-6
S3_WRITE_USD: Final = 0.005e-3
S3_READ_USD: Final = 0.0004e-3
TRANSITION_USD: Final = 0.025e-3
GB_SECOND_USD: Final = 0.0000166667
INVOCATION_USD: Final = 0.20e-6
API_REQUEST_USD: Final = 1.00e-6


@dataclass(frozen=True)
class Usage:
    """What is billed; `s3_writes` are PUT, POST and LIST, `s3_reads` GET and HEAD; `gb_seconds` of x86 functions."""

    write_units: float
    read_units: float
    s3_writes: int
    s3_reads: int
    transitions: int
    invocations: int
    gb_seconds: float
    api_requests: int

    def usd(self) -> Mapping[str, float]:
        """By service."""
        return {
            "DynamoDB": self.write_units * WRITE_UNIT_USD + self.read_units * READ_UNIT_USD,
            "S3": self.s3_writes * S3_WRITE_USD + self.s3_reads * S3_READ_USD,
            "Step Functions": self.transitions * TRANSITION_USD,
            "Lambda": self.gb_seconds * GB_SECOND_USD + self.invocations * INVOCATION_USD,
            "API Gateway": self.api_requests * API_REQUEST_USD,
        }
