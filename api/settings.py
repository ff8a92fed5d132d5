"""What the API is told by its environment, read in one place and nowhere else.

Where Temporal is (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, profile file) is read by `workflows.client`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from workflows.keyring import KeyRing, KeyRingError

PREFIX = "CASELADDER_"
SHORTEST_KEY = 32
"""HS256 wants a key of at least its digest's 32 bytes (RFC 7518, 3.2)."""

Origin = Annotated[str, Field(pattern=r"^https?://[a-zA-Z0-9.\[\]:-]+$")]
"""Scheme, host and, if it is not the scheme's own, port; no path, no slash at the end."""


class SettingsError(Exception):
    """A variable is missing or wrong; the text names it and says what to set."""


class Settings(BaseModel):
    """The API's configuration. Each field is the variable `CASELADDER_<FIELD>`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(
        min_length=1, description="SQLAlchemy URL of the records, such as sqlite:////data/records.db"
    )
    key_file: Path = Field(description="file with the text that signs tokens")
    api_port: int = Field(default=8080, ge=0, le=65535, description="port on 127.0.0.1; 0 takes a free one")
    payload_keys: Path | None = Field(
        default=None, description="key ring that payloads are encrypted with; without it, nothing is"
    )
    ui_origin: tuple[Origin, ...] = Field(
        default=(), description="origins of Temporal's Web UI, which may call /codec; with commas between them"
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
        secrets = self.inbound_secret.get_secret_value().split() if self.inbound_secret else []
        try:
            return tuple(map(Webhook, secrets))
        except (ValueError, EmptyWebhookSecretError) as error:
            raise SettingsError(
                "CASELADDER_INBOUND_SECRET: one of its secrets is not base64. "
                'Make one with: echo "whsec_$(openssl rand -base64 32)"'
            ) from error


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises SettingsError, naming every variable that is missing or wrong."""
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
