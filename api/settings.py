"""What the API is told by its environment, read in one place and nowhere else.

Where Temporal is (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, profile file) is read by `workflows.client`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from standardwebhooks import Webhook

from policies.secrets import secrets
from policies.settings import PREFIX, check_names
from workflows.keyring import KeyRing, KeyRingError
from workflows.signing import BadKey, Signer

SHORTEST_KEY = 32
"""HS256 wants a key of at least its digest's 32 bytes (RFC 7518, 3.2)."""

Origin = Annotated[str, Field(pattern=r"^https?://[a-zA-Z0-9.\[\]:-]+$")]
"""Scheme, host and, if it is not the scheme's own, port; no path, no slash at the end."""


_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _rate(given: object) -> object:
    if not isinstance(given, str):
        return given
    if given.strip().lower() == "off":
        return None
    try:
        return parse(given)
    except ValueError as error:
        raise ValueError(f"{given!r} is no rate; write it like 6000/minute or 100/second, or off") from error


Rate = Annotated[RateLimitItem | None, BeforeValidator(_rate)]
"""So many requests in so long; None: no limit."""


class SettingsError(Exception):
    """A variable is missing or wrong; the text names it and says what to set."""


class Settings(BaseModel):
    """The API's configuration. Each field is the variable `CASELADDER_<FIELD>`."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    database_url: str = Field(
        min_length=1, description="SQLAlchemy URL of the records, such as sqlite:////data/records.db"
    )
    key_file: Path = Field(description="file with the text that signs customers' links, and tokens without an issuer")
    jwks_url: str | None = Field(default=None, description="where the issuer of tokens has its public keys (JWKS)")
    issuer: str | None = Field(default=None, description="what its tokens say in `iss`")
    audience: str | None = Field(default=None, description="what its tokens for this API say in `aud`")
    role_claim: str = Field(default="role", description="the claim of its tokens that has the role")
    signing_key: SecretStr | None = Field(default=None, description="Ed25519 private key, PEM, that signs updates")
    signing_key_file: Path | None = Field(default=None, description="a file with it instead")
    rate_limit: Rate = Field(default=parse("6000/minute"), description="requests of each caller; off: no limit")
    link_rate_limit: Rate = Field(default=parse("60/minute"), description="requests by the links of one case")
    bad_token_limit: Rate = Field(default=parse("30/minute"), description="bad tokens from one address")
    public_url: str | None = Field(
        default=None, pattern="^https?://[^?#]+$", description="where customers reach the API; links begin with it"
    )
    api_port: int = Field(default=8080, ge=0, le=65535, description="port on 127.0.0.1; 0 takes a free one")
    share_port: bool = Field(default=False, description="1: further processes may serve the same port beside this one")
    payload_keys: Path | None = Field(
        default=None, description="key ring that payloads are encrypted with; without it, nothing is"
    )
    ui_origin: tuple[Origin, ...] = Field(
        default=(), description="origins of Temporal's Web UI, which may call /codec; with commas between them"
    )
    ui_url: str | None = Field(
        default=None,
        pattern="^https?://[^?#]+$",
        description="the Temporal Web UI, for the Desk's links to it, such as https://temporal.example.com",
    )
    codec_ticket_file: Path | None = Field(
        default=None, description="file with a secret that stands in a path of /codec; for the embedded stack alone"
    )
    ready_file: Path | None = Field(default=None, description="written, with the API's address, once it serves")
    inbound_secret: SecretStr | None = Field(
        default=None, description="what the gateway signs `POST /v1/inbound` with; several, with spaces between them"
    )

    @field_validator("ui_origin", mode="before")
    @classmethod
    def _one_by_one(cls, given: object) -> object:
        return [each.strip() for each in given.split(",") if each.strip()] if isinstance(given, str) else given

    def keys(self) -> KeyRing:
        """The key ring; an empty one, if none is named. Raises SettingsError."""
        try:
            return KeyRing(self.payload_keys)
        except KeyRingError as error:
            raise SettingsError(str(error)) from error

    def codec_ticket(self) -> str | None:
        """The secret in the embedded stack's path of /codec. Raises SettingsError."""
        if self.codec_ticket_file is None:
            return None
        try:
            ticket = self.codec_ticket_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"CASELADDER_CODEC_TICKET_FILE: {self.codec_ticket_file} cannot be read ({error}). Leave it unset: "
                "only `caseladder dev` needs one, and makes it."
            ) from error
        if len(ticket.encode()) < SHORTEST_KEY:
            raise SettingsError(
                f"CASELADDER_CODEC_TICKET_FILE: the secret in {self.codec_ticket_file} is shorter than {SHORTEST_KEY} "
                "bytes. Leave it unset: only `caseladder dev` needs one, and makes it."
            )
        return ticket

    def key(self) -> str:
        """The text that signs tokens, white space around it left out. Raises SettingsError."""
        try:
            key = self.key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"CASELADDER_KEY_FILE: {self.key_file} cannot be read ({error}). Name a text file with the key; "
                "`caseladder dev` makes one as token.key in its folder."
            ) from error
        if len(key.encode()) < SHORTEST_KEY:
            raise SettingsError(
                f"CASELADDER_KEY_FILE: the key in {self.key_file} is shorter than {SHORTEST_KEY} bytes. "
                "Make one with: openssl rand -hex 32"
            )
        return key

    def inbound(self) -> tuple[Webhook, ...]:
        """Verifiers of what the gateway sends; none without a secret. Raises SettingsError, which does not show it."""
        try:
            found = secrets(self.inbound_secret.get_secret_value() if self.inbound_secret else "")
        except ValueError as error:
            raise SettingsError(f"CASELADDER_INBOUND_SECRET: {error}") from None
        return tuple(map(Webhook, found))

    def issuing(self) -> tuple[str, str, str] | None:
        """Where the issuer's keys are, and what `iss` and `aud` must say; None: the local key. Raises SettingsError."""
        if self.jwks_url is None:
            return None
        if not (self.issuer and self.audience):
            missing = "CASELADDER_AUDIENCE" if self.issuer else "CASELADDER_ISSUER"
            raise SettingsError(
                f"{missing}: is not set. With CASELADDER_JWKS_URL, say whose tokens (CASELADDER_ISSUER) for whom "
                "(CASELADDER_AUDIENCE) are taken; else any of the issuer's customers could come in."
            )
        where = urlsplit(self.jwks_url)
        if where.scheme != "https" and not (where.scheme == "http" and where.hostname in _LOOPBACK):
            raise SettingsError("CASELADDER_JWKS_URL: is no https URL. Who could change the keys could be anybody.")
        return self.jwks_url, self.issuer, self.audience

    def signer(self) -> Signer | None:
        """What signs updates; None: nothing does. Raises SettingsError."""
        if self.signing_key is not None and self.signing_key_file is not None:
            raise SettingsError("CASELADDER_SIGNING_KEY: set it, or CASELADDER_SIGNING_KEY_FILE, and not both")
        name, pem = "CASELADDER_SIGNING_KEY", self.signing_key.get_secret_value() if self.signing_key else None
        if self.signing_key_file is not None:
            name = "CASELADDER_SIGNING_KEY_FILE"
            try:
                pem = self.signing_key_file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"{name}: {self.signing_key_file} cannot be read ({error}). Name a file with an Ed25519 private "
                    "key in PEM form; `caseladder dev` makes one as signing.key in its folder."
                ) from error
        try:
            return Signer.of(pem) if pem is not None else None
        except BadKey as error:
            raise SettingsError(f"{name}: {error}") from error


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises SettingsError, naming every variable that is missing or wrong."""
    try:
        check_names(environment)
    except ValueError as strange:
        raise SettingsError(str(strange)) from None
    given = {name: environment[variable(name)] for name in Settings.model_fields if environment.get(variable(name))}
    try:
        return Settings.model_validate(given)
    except ValidationError as invalid:
        wrong = [
            f"{variable(str(error['loc'][0]))}: {_said(error['type'], error['msg'])}" for error in invalid.errors()
        ]
        raise SettingsError("; ".join(wrong)) from invalid


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _said(kind: str, message: str) -> str:
    return "is not set" if kind == "missing" else message
