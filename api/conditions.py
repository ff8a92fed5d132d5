"""Conditional requests (RFC 9110, 13): the entity tag of a case, or a hand-off, is its version.

The tags are written as strong ones, for only those may stand in `If-Match`. What two answers of one version may differ
in is what they were read at (`now`, remaining times) and who read them (`allowed`); no part of them is served alone,
which is all that it could matter for. A weak tag is taken as the strong one: whatever compresses an answer on its way
weakens its tag.

`If-None-Match` is answered here. `If-Match` travels with the event, as `if_version`, and the case decides: it does one
thing after the other, so nobody comes in between.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Response

from api.problems import Fault, Unprocessable

_TAG = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_ANY = "*"

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "`If-None-Match` names the version that it still is; without a body"}
}


def told(response: Response, version: int) -> None:
    """Says in the answer's headers which version it is of, and that it is the reader's alone."""
    response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"


def not_modified(response: Response, version: int, known: str | None) -> Response | None:
    """The answer without a body, if the reader knows that version; None if they do not. Either way it is `told`."""
    told(response, version)
    tags = known_versions(known) if known else []
    if known is not None and (known.strip() == _ANY or str(version) in tags):
        return Response(status_code=304, headers=dict(response.headers))
    return None


def _expected(
    if_match: Annotated[
        str | None,
        Header(
            description='`"17"`: do it only if that is still the version (the `ETag` that was read); else 412',
            json_schema_extra={"pattern": r'^(\*|(W/)?"[0-9]{1,9}")$'},
        ),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == _ANY:
        return None
    tags = known_versions(if_match)
    if len(tags) == 1 and tags[0].isascii() and tags[0].isdigit() and len(tags[0]) <= 9:
        return int(tags[0])
    raise Unprocessable(
        Fault(
            field="If-Match",
            problem="is not one version in quotes",
            remedy='send the `ETag` of the answer that you have read, such as "17", or `*`',
        )
    )


def _stale_will_do(
    cache_control: Annotated[
        str | None,
        Header(description="`max-stale`: while no worker answers, an older version from the records will do"),
    ] = None,
) -> bool:
    return cache_control is not None and "max-stale" in re.split(r"[\s,=]+", cache_control.lower())


IfMatch = Annotated[int | None, Depends(_expected)]
"""The version that an event is meant for; None: whichever. Raises Unprocessable."""

IfNoneMatch = Annotated[str | None, Header(description="`ETag` of what the reader has: 304 if it is still so")]

MaxStale = Annotated[bool, Depends(_stale_will_do)]
"""Whether the reader would rather have an older version than none (RFC 9111, 5.2.1.2)."""


def known_versions(header: str) -> list[str]:
    """The versions that a header names."""
    return _TAG.findall(header)
