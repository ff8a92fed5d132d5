"""`/codec`: encrypts and decrypts payloads for Temporal's Web UI and its CLI. For operators only.

What is sent and answered is Temporal's codec protocol: `{"payloads": [...]}`, each payload with its metadata and data
in base64, and `X-Namespace`. The Web UI calls from the operator's browser, so its origin alone is let in by CORS; with
single sign-on it passes the operator's own token. The embedded stack's Web UI has nobody signed in and sends no token:
for it a secret stands in the path, which only this machine's Web UI is told.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.middleware.cors import CORSMiddleware
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.envconfig import ClientConfigProfile

from api.auth import actor_with
from api.bodies import sent_within
from api.problems import Fault, Forbidden, KeyMissing, TooLarge, UnknownPath, Unprocessable, documented
from cases.words import Role
from workflows.encryption import Encryption, Spoiled
from workflows.keyring import KeyRing, MissingKey

PREFIX = "/codec"
MAX_BODY = 16 * 1024 * 1024
"""In bytes. The Web UI sends what a page of events holds; one payload is 2 MiB at most, and a third more in base64."""

_HEADERS = ("content-type", "x-namespace", "authorization", "authorization-extras")
"""What the Web UI sends."""

router = APIRouter(prefix=PREFIX, tags=["codec"])


class Codec:
    """Encrypts and decrypts with the keys of one namespace, and knows the embedded stack's secret, if there is one."""

    def __init__(self, keys: KeyRing, ticket: str | None) -> None:
        self.keys = keys
        self._encryption = Encryption(keys)
        self._ticket = ticket
        self._namespace = ClientConfigProfile.load().namespace or "default"

    def admits(self, ticket: str) -> bool:
        """Whether that is the secret."""
        return self._ticket is not None and hmac.compare_digest(ticket.encode(), self._ticket.encode())

    def serves(self, namespace: str | None) -> None:
        """Raises Forbidden if the payloads are of another namespace."""
        if namespace is not None and namespace != self._namespace:
            raise Forbidden(f"the keys here are those of the namespace {self._namespace}", namespace=self._namespace)

    def encrypted(self, payloads: Sequence[Payload]) -> list[Payload]:
        """As a client would send them."""
        return [self._encryption.sealed(payload) for payload in payloads]

    def decrypted(self, payloads: Sequence[Payload]) -> list[Payload]:
        """As they were before. Raises KeyMissing, or Unprocessable for what is not what was encrypted."""
        opened: list[Payload] = []
        for number, payload in enumerate(payloads):
            try:
                opened.append(self._encryption.opened(payload))
            except MissingKey as error:
                raise KeyMissing(str(error), key=error.key_id) from error
            except Spoiled as error:
                raise Unprocessable(
                    Fault(field=f"payloads.{number}", problem=str(error), remedy="restore it from a backup")
                ) from error
        return opened


class OpenToWebUi:
    """Lets scripts of the Web UI's origins call `/codec`, and no other path; errors are for them to read too."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app, allow_origins=origins, allow_methods=("POST",), allow_headers=_HEADERS, max_age=600
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the application, with CORS headers where they are due."""
        shared = scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/")
        await (self._shared if shared else self._app)(scope, receive, send)


def codec(request: Request) -> Codec:
    """Dependency: the codec of this application."""
    found: Codec = request.app.state.codec
    return found


async def payloads(request: Request) -> list[Payload]:
    """Dependency: the payloads in the body. Raises TooLarge or Unprocessable."""
    body = await sent_within(request, MAX_BODY, "send fewer payloads at once")
    try:
        return list(ParseDict(body, Payloads(), ignore_unknown_fields=True).payloads)
    except ParseError as error:
        raise Unprocessable(
            Fault(field="payloads", problem=f"cannot be read ({error})", remedy="send payloads in Temporal's JSON form")
        ) from error


def of_our_namespace(
    at: Annotated[Codec, Depends(codec)],
    namespace: Annotated[str | None, Header(alias="X-Namespace", description="must be the API's, if sent")] = None,
) -> None:
    """Dependency. Raises Forbidden if the payloads are of another namespace."""
    at.serves(namespace)


def ticket_holder(ticket: str, at: Annotated[Codec, Depends(codec)]) -> None:
    """Dependency: raises UnknownPath if the path does not hold the secret, as if nothing were there."""
    if not at.admits(ticket):
        raise UnknownPath("nothing is served here; see /docs")


_EXAMPLE = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "eyJraW5kIjogIm5vdGUifQ=="}]}
_SCHEMA = {
    "type": "object",
    "properties": {
        "payloads": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "metadata": {"type": "object", "additionalProperties": {"type": "string", "format": "byte"}},
                    "data": {"type": "string", "format": "byte"},
                },
            },
        }
    },
}
_CONTENT = {"application/json": {"schema": _SCHEMA, "example": _EXAMPLE}}
_DESCRIBED: dict[str, Any] = {
    "responses": {
        200: {"content": _CONTENT, "description": "the same payloads in the same order"},
        **documented(TooLarge, Unprocessable, KeyMissing),
    },
    "openapi_extra": {"requestBody": {"required": True, "content": _CONTENT}},
}

Given = Annotated[list[Payload], Depends(payloads)]
At = Annotated[Codec, Depends(codec)]


@router.post("/decode", dependencies=[Depends(actor_with(Role.OPERATOR)), Depends(of_our_namespace)], **_DESCRIBED)
async def decode(at: At, given: Given) -> dict[str, Any]:
    """Decrypts payloads. What is not encrypted comes back as it is."""
    return _answer(at.decrypted, given)


@router.post("/encode", dependencies=[Depends(actor_with(Role.OPERATOR)), Depends(of_our_namespace)], **_DESCRIBED)
async def encode(at: At, given: Given) -> dict[str, Any]:
    """Encrypts payloads, such as what an operator sends from the Web UI. Without a key ring they stay as they are."""
    return _answer(at.encrypted, given)


@router.post(
    "/{ticket}/decode", dependencies=[Depends(ticket_holder), Depends(of_our_namespace)], include_in_schema=False
)
async def decode_embedded(at: At, given: Given) -> dict[str, Any]:
    """For the embedded stack's Web UI."""
    return _answer(at.decrypted, given)


@router.post(
    "/{ticket}/encode", dependencies=[Depends(ticket_holder), Depends(of_our_namespace)], include_in_schema=False
)
async def encode_embedded(at: At, given: Given) -> dict[str, Any]:
    """For the embedded stack's Web UI."""
    return _answer(at.encrypted, given)


def _answer(done: Callable[[Sequence[Payload]], list[Payload]], given: Sequence[Payload]) -> dict[str, Any]:
    return MessageToDict(Payloads(payloads=done(given)))
