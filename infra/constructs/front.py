"""What stands before the gateway: a distribution that caches nothing and refuses in our words what is too large."""

from pathlib import Path
from typing import Any, Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

FUNCTION: Final = Path(__file__).with_suffix(".js")
#: Above the gateway's own 30 s, so that it is always the gateway that gives up; CloudFront takes no more unasked.
PATIENCE: Final = Duration.seconds(60)
#: Errors that CloudFront would keep for ten seconds, and tell to whoever asks next.
KEPT_ERRORS: Final = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


class Front(Construct):
    """Everything passes but what the function `front.js` refuses; under a name of the team's own if it has one."""

    def __init__(self, scope: Construct, *, http: apigw.HttpApi, domain: str, certificate: str) -> None:
        super().__init__(scope, "Front")
        named = _named(acm.Certificate.from_certificate_arn(self, "Certificate", certificate), domain) if domain else {}
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{Aws.STACK_NAME}: the address of the API",
            default_behavior=self._behavior(http),
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in KEPT_ERRORS
            ],
            **named,
        )
        self.address = f"https://{domain or self.distribution.distribution_domain_name}"

    def _behavior(self, http: apigw.HttpApi) -> cloudfront.BehaviorOptions:
        """No redirect to https: a request in clear has told its secret already."""
        return cloudfront.BehaviorOptions(
            origin=_origin(http),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            compress=False,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=self._function(), event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
        )

    def _function(self) -> cloudfront.Function:
        return cloudfront.Function(
            self,
            "Function",
            comment="Refuses what no function takes",
            code=cloudfront.FunctionCode.from_file(file_path=str(FUNCTION)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )


def _named(certificate: acm.ICertificate, domain: str) -> dict[str, Any]:
    """The protocol is ours to choose only with a certificate of one's own."""
    oldest = cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021
    return {"domain_names": [domain], "certificate": certificate, "minimum_protocol_version": oldest}


def _origin(http: apigw.HttpApi) -> origins.HttpOrigin:
    return origins.HttpOrigin(
        f"{http.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}",
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        read_timeout=PATIENCE,
    )
