"""`token`: a bearer token for the API, or a customer's link, signed with the local key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from cases.words import Role
from starter.cli import completing
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
    sub: Annotated[
        str | None, typer.Option(help="Whose: a service's name, or a person's id in the directory.", show_default=False)
    ] = None,
    role: Annotated[Bearer | None, typer.Option(help="What they are.", show_default=False)] = None,
    link: Annotated[
        str | None,
        typer.Option(
            metavar="CASE",
            help="A customer's link for this case, instead of --sub and --role: 30d at most.",
            show_default=False,
            autocompletion=completing.case_ids,
        ),
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it holds, such as 90s, 12h, 30d.")] = "12h",
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: token, sub, role, expires_at; or token, case_id, ...")
    ] = False,
) -> None:
    """Make a bearer token for the API, with the key in CASELADDER_KEY_FILE or in --data.

    An API that has CASELADDER_JWKS_URL takes its issuer's tokens and no others; customers' links are signed with this
    key there too.
    """
    from starter.tokens import LONGEST_LINK, mint, mint_link

    settle(data)
    length = _length(ttl)
    if link is not None:
        if sub is not None or role is not None:
            raise Failure("--link is for a customer: leave out --sub and --role.")
        if length > LONGEST_LINK:
            raise Failure(f"--ttl: {ttl} is longer than a link may hold, 30d.")
        made, whose = mint_link(key(), link, length), {"case_id": link, "role": Role.CUSTOMER.value}
    elif sub is None or role is None:
        raise Failure("whose token? Give --sub and --role, or --link CASE for a customer.")
    else:
        made, whose = mint(key(), sub, Role(role), length), {"sub": sub, "role": role.value}
    if as_json:
        until = (datetime.now(UTC) + length).isoformat(timespec="seconds")
        print(json.dumps({"token": made, **whose, "expires_at": until}))
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
