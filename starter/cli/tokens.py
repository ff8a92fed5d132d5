"""`token`: a bearer token for the API, signed with the local key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from cases.words import Role
from starter.cli.boundary import Failure
from starter.cli.place import Data, key, settle

LONGEST = timedelta(days=3650)


class Bearer(StrEnum):
    """The roles that the API lets in with such a token."""

    SERVICE = Role.SERVICE
    AGENT = Role.AGENT
    OPERATOR = Role.OPERATOR
    BOT = Role.BOT


def token(
    sub: Annotated[str, typer.Option(help="Whose: a service's name, or a person's id in the directory.")],
    role: Annotated[Bearer, typer.Option(help="What they are.")],
    ttl: Annotated[str, typer.Option(help="How long it holds, such as 90s, 12h, 30d.")] = "12h",
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: token, sub, role, expires_at.")] = False,
) -> None:
    """Make a bearer token for the API, with the key in CASELADDER_KEY_FILE or in --data."""
    from starter.tokens import mint

    settle(data)
    length = _length(ttl)
    made = mint(key(), sub, Role(role), length)
    if as_json:
        until = (datetime.now(UTC) + length).isoformat(timespec="seconds")
        print(json.dumps({"token": made, "sub": sub, "role": role, "expires_at": until}))
    else:
        print(made)


def _length(text: str) -> timedelta:
    from policies.spans import span

    try:
        length = span(text)
    except ValueError as error:
        raise Failure(f"--ttl: {error}; write it like 90s, 12h or 30d.") from error
    if not timedelta(0) < length <= LONGEST:
        raise Failure(f"--ttl: {text} is not between a second and ten years.")
    return length
