"""What a form sends, read within the limit of every body."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from api.bodies import whole
from api.problems import Fault, Unprocessable

MOST_FIELDS = 200


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name, white space around them left out. Raises TooLarge, Unprocessable."""
    try:
        sent = parse_qsl((await whole(request)).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Unprocessable(
            Fault(field="body", problem=f"is no form ({error})", remedy="send the page's form")
        ) from error
    # Browsers end lines as the mail of old did; the case keeps them as everybody else writes them.
    return {name: value.replace("\r\n", "\n").strip() for name, value in sent}


Posted = Annotated[dict[str, str], Depends(posted)]
