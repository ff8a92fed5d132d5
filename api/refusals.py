"""The log of refusals: one line for each request that is turned away for who sent it, and never with its token.

The line is `refused` and a JSON object; the same fields are on the log record, for a formatter that writes its own.
"""

from __future__ import annotations

import json
import logging

from fastapi import Request

from api import requests
from api.problems import BadSignature, Claimed, Forbidden, Problem, RateLimited, Unauthenticated
from api.tokens import Caller

_LOGGED = (Unauthenticated, BadSignature, Forbidden, RateLimited, Claimed)
_LOG = logging.getLogger(__name__)


def note(request: Request, problem: Problem) -> None:
    """Writes the line, if the problem is one of those that are about the sender.

    The path is without its query, which may have a link's token, and without the secret of the embedded stack's Web UI;
    `caller` is left out where nobody is known.
    """
    if not isinstance(problem, _LOGGED):
        return
    caller: Caller | None = getattr(request.state, "caller", None)
    reason = "claimed_sender" if isinstance(problem, Claimed) else problem.details.get("reason", problem.code)
    told = {
        "event": "refused",
        "code": problem.code,
        "reason": reason,
        "caller": caller.sub if caller else problem.caller,
        "role": caller.role.value if caller else None,
        "method": request.method,
        "path": _path(request)[:200],
        "address": request.client.host if request.client else None,
    }
    fields = {name: value for name, value in told.items() if value is not None}
    _LOG.warning("refused %s", json.dumps(fields), extra={"refusal": fields, **requests.fields(request.scope)})


def _path(request: Request) -> str:
    secret: str | None = request.path_params.get("ticket")
    return request.url.path.replace(secret, "{ticket}") if secret else request.url.path
