"""What each cloud alone knows: whose secret it takes, how it signs, and what it says when something is missing."""

import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from gloss.adapters.objectmedia import ObjectMedia
from gloss.adapters.reaching import NO_LINKS, azure_stores, google_stores, s3_client
from gloss.adapters.s3media import S3Media
from gloss.domain.errors import Forbidden, Invalid, Upstream
from gloss.domain.integration import Azure, Gcp, S3Compatible
from tests.builders_clouds import (
    ACCESS_KEY,
    ACCOUNT_KEY,
    BODY,
    a_client,
    a_key_file,
    a_sas,
    a_secret,
    at_azurite,
    make_container,
)
from tests.peers import AZURE_ACCOUNT, azurite

AZURE = Azure(account=AZURE_ACCOUNT)
ON_AZURE = f"https://{AZURE_ACCOUNT}.blob.core.windows.net/acme-raw"
WRONG_KEY = {"kind": "account_key", "key": "d3Jvbmc="}


@pytest.fixture(scope="module")
def azure() -> Iterator[str]:
    with azurite() as endpoint:
        make_container(endpoint, "acme-raw")
        on_azure(endpoint, ACCOUNT_KEY).write(f"{ON_AZURE}/a", BODY, "text/plain")
        yield endpoint


def on_azure(endpoint: str, secret: dict[str, str], no_links: str = "") -> ObjectMedia:
    return ObjectMedia(azure_stores(AZURE, a_secret(**secret), **at_azurite(endpoint)), AZURE.reach(), no_links)


def test_a_link_signed_by_an_account_key_opens_the_blob(azure: str) -> None:
    link = on_azure(azure, ACCOUNT_KEY).signed_get(f"{ON_AZURE}/a", 60)

    assert urlopen(link, timeout=10).read() == BODY


def test_a_wrong_account_key_is_refused_without_showing_it(azure: str) -> None:
    media = on_azure(azure, WRONG_KEY)

    for refused in (lambda: media.read(f"{ON_AZURE}/a", 0, 1), lambda: next(media.listed(ON_AZURE, None))):
        with pytest.raises(Forbidden) as caught:
            refused()
        assert WRONG_KEY["key"] not in str(caught.value)


def test_a_shared_access_signature_allows_what_it_says_and_no_more(azure: str) -> None:
    media = on_azure(azure, {"kind": "sas", "token": a_sas("acme-raw", "rl")}, NO_LINKS)

    assert media.read(f"{ON_AZURE}/a", 0, 3) == BODY[:3]
    assert next(media.listed(ON_AZURE, None)).size_bytes == 256
    with pytest.raises(Forbidden, match="write"):
        media.write(f"{ON_AZURE}/b", b"x", "text/plain")
    with pytest.raises(Forbidden, match="give an account key"):
        media.signed_get(f"{ON_AZURE}/a", 60)


def test_a_signature_that_may_not_list_says_so(azure: str) -> None:
    media = on_azure(azure, {"kind": "sas", "token": a_sas("acme-raw", "w")}, NO_LINKS)

    with pytest.raises(Forbidden, match="list"):
        next(media.listed(ON_AZURE, None))


@pytest.mark.parametrize("key", ["/a", "a/", "a//b"])
def test_a_key_that_the_client_would_rewrite_is_refused(azure: str, key: str) -> None:
    with pytest.raises(Invalid, match="slash"):
        on_azure(azure, ACCOUNT_KEY).read(f"{ON_AZURE}/{key}", 0, 1)


def test_another_account_is_not_reached(azure: str) -> None:
    with pytest.raises(Invalid, match="lies at other"):
        on_azure(azure, ACCOUNT_KEY).read("https://other.blob.core.windows.net/acme-raw/a", 0, 1)


class Google(BaseHTTPRequestHandler):
    """Keeps what it is asked, and answers with ten bytes."""

    asked: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(206)
        for name, value in {"Content-Range": "bytes 0-9/256", "Content-Length": "10", "ETag": '"e"'}.items():
            self.send_header(name, value)
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(BODY[:10])

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def google() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    handler = type("Handler", (Google,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def test_a_service_account_proves_itself_by_a_token_that_it_signed() -> None:
    file, public = a_key_file()
    secret = a_secret(kind="service_account", key=file)

    with google() as (base, asked):
        media = ObjectMedia(google_stores(secret, gcs_base_url=base), Gcp().reach())
        body = media.read("gs://acme-raw/a b", 0, 10)

    path, headers = asked[0]
    head, claims, signature = headers["authorization"].removeprefix("Bearer ").split(".")
    public.verify(_unpadded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    said = json.loads(_unpadded(claims))
    assert (body, unquote(path), headers["range"]) == (BODY[:10], "/acme-raw/a b", "bytes=0-9")
    assert json.loads(_unpadded(head)) == {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    assert (said["iss"], said["sub"]) == (file["client_email"], file["client_email"])
    assert said["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    assert 0 < said["exp"] - said["iat"] <= 3600


def test_a_link_of_a_service_account_is_signed_as_google_documents_it() -> None:
    file, public = a_key_file()
    media = ObjectMedia(google_stores(a_secret(kind="service_account", key=file)), Gcp().reach())

    link = urlsplit(media.signed_get("gs://acme-raw/a b", 60))

    asked = dict(parse_qsl(link.query))
    query, _, signature = link.query.rpartition("&X-Goog-Signature=")
    request = f"GET\n{link.path}\n{query}\nhost:{link.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = asked["X-Goog-Credential"].partition("/")[2]
    text = f"GOOG4-RSA-SHA256\n{asked['X-Goog-Date']}\n{scope}\n{_sha256(request)}"
    public.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert (link.netloc, link.path) == ("storage.googleapis.com", "/acme-raw/a%20b")
    assert asked["X-Goog-Expires"] == "60"


def test_a_key_file_leads_the_client_nowhere_else() -> None:
    with google() as (base, asked):
        file, _ = a_key_file(gcs_base_url=base, disable_oauth=True, token_uri=base, universe_domain="evil.com")
        media = ObjectMedia(google_stores(a_secret(kind="service_account", key=file)), Gcp().reach())
        link = media.signed_get("gs://acme-raw/a", 60)

    assert link.startswith("https://storage.googleapis.com/")
    assert asked == []


def test_a_server_that_is_not_there_is_upstream() -> None:
    client = s3_client(a_client, a_secret(**ACCESS_KEY), "http://127.0.0.1:9", "us-east-1")
    media = S3Media(lambda: client, reach=S3Compatible(endpoint="http://127.0.0.1:9").reach())

    with pytest.raises(Upstream, match="did not answer"):
        media.read("s3://raw/a", 0, 1)


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _sha256(text: str) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(text.encode())
    return digest.finalize().hex()
