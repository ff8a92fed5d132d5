"""A log line for every attempt at an activity: which, of which case, for what, and whether it went well.

Their arguments and their errors' words are not in it; what is left out of a line, `observing` says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from cases.commit import Commit

_LOG = logging.getLogger(__name__)


class Noting(Interceptor):
    """Writes the lines of a worker's activities."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 -- the SDK's name
        """Around every attempt."""
        return _Noting(next)


class _Noting(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 -- the SDK's name
        """As the SDK has it."""
        began, fields = time.monotonic(), _fields(input.args)
        try:
            answer = await super().execute_activity(input)
        except Exception as error:
            failed = {**fields, "problem": type(error).__name__, "duration_ms": _ms(began)}
            # What is benign says itself what it has to say, or lasts and is on the timeline.
            benign = isinstance(error, ApplicationError) and error.category is ApplicationErrorCategory.BENIGN
            level = logging.DEBUG if benign else logging.INFO
            _LOG.log(level, "%s failed, and is tried again", activity.info().activity_type, extra=failed)
            raise
        _LOG.info("%s done", activity.info().activity_type, extra={**fields, "duration_ms": _ms(began)})
        return answer


def _fields(args: Sequence[Any]) -> dict[str, Any]:
    """Whom it is about, and for what; the SDK's own names for the rest."""
    info = activity.info()
    fields: dict[str, Any] = {
        "workflow_id": info.workflow_id,
        "run_id": info.workflow_run_id,
        "activity": info.activity_type,
        "attempt": info.attempt,
    }
    about = args[0] if args else None
    if isinstance(about, Commit):
        kinds = dict.fromkeys(entry.kind for entry in about.entries)
        return fields | {"version": about.view.version, "kinds": tuple(kinds)}
    named = {"effect_id": "id", "destination": "destination"}
    return fields | {name: value for name, of in named.items() if isinstance(value := getattr(about, of, None), str)}


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
