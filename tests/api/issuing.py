"""An issuer of tokens for tests: its keys, served over HTTP as a company's are, and how often they were fetched."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

ISSUER, AUDIENCE = "https://login.example", "caseladder"


@dataclass
class Issuer:
    """`keys` are those that are served; whoever has one may sign."""

    keys: dict[str, RSAPrivateKey] = field(default_factory=dict[str, RSAPrivateKey])
    more: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    fetched: int = 0
    away: bool = False
    url: str = ""

    def rotate(self, name: str) -> None:
        """From now on it has this key alone."""
        self.keys = {name: generate_private_key(65537, 2048)}

    def token(self, kid: str | None = None, key: RSAPrivateKey | None = None, **claims: Any) -> str:
        """What an operator gets, changed as told; a claim of None is left out."""
        kid = kid or next(iter(self.keys))
        now = datetime.now(UTC)
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "op", "role": "operator", "exp": now + timedelta(minutes=5)}
        kept = {name: value for name, value in (said | claims).items() if value is not None}
        return jwt.encode(kept, key or self.keys[kid], "RS256", headers={"kid": kid})

    def public(self) -> bytes:
        """The public key that signs now, in PEM form: everybody has it."""
        key = next(iter(self.keys.values())).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def served(self) -> bytes:
        """The key set."""
        plain = [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": name, "use": "sig"}
            for name, key in self.keys.items()
        ]
        return json.dumps({"keys": plain + self.more}).encode()


@contextmanager
def issuing() -> Generator[Issuer]:
    """The issuer, on loopback, for as long as this is open."""
    issuer = Issuer()
    issuer.rotate("first")

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetched += 1
            self.send_response(503 if issuer.away else 200)
            self.end_headers()
            self.wfile.write(b"" if issuer.away else issuer.served())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the library's name
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
