"""Port TextEmbedder through a function of its own, because the models and the explorer do not fit into one."""

import json
from typing import Any

from botocore.exceptions import ClientError

from gloss.domain.errors import Upstream

_RETRY = ("TooManyRequestsException", "ServiceException", "ResourceConflictException")


class RemoteWords:
    """Invokes the vectorising function and waits for its answer."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def text(self, query: str) -> list[float]:
        """The unit vector of a sentence; raises Upstream when the function does not answer with one."""
        answer = self._invoke(json.dumps({"query": query}).encode())
        if "FunctionError" in answer:
            raise Upstream("The text model failed; its function's log says why. Try again.")
        vector: list[float] = json.loads(answer["Payload"].read())["vector"]
        return vector

    def _invoke(self, payload: bytes) -> Any:
        try:
            return self._client.invoke(FunctionName=self._function, Payload=payload)
        except ClientError as refused:
            if refused.response["Error"]["Code"] in _RETRY:
                raise Upstream("The text model is busy. Try again.") from refused
            raise
