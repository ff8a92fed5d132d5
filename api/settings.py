"""What the API is told by its environment, read in one place and nowhere else.

Where Temporal is (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, profile file) is read by `workflows.client`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from standardwebhooks import Webhook

from policies.secrets import secrets
from policies.settings import PREFIX, check_names

SHORTEST_KEY = 32
"""HS256 wants a key of at least its digest's 32 bytes (RFC 7518, 3.2)."""


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
    ready_file: Path | None = Field(default=None, description="written, with the API's address, once it serves")
    inbound_secret: SecretStr | None = Field(
        default=None, description="what the gateway signs `POST /v1/inbound` with; several, with spaces between them"
    )

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
