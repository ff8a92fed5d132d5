"""Where the Desk is: workers are told, and the pages in Temporal's Web UI link to it.

It reaches workflows beside their history, so a replay need not know it: no command may ever depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import cast

from temporalio import workflow
from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

_NAME = "caseladder_desk"


class DeskInterceptor(Interceptor):
    """Tells every workflow where the Desk is."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 -- the SDK's name
    ) -> type[WorkflowInboundInterceptor] | None:
        """None: it stands before no handler."""
        known = cast("MutableMapping[str, Callable[[], str]]", input.unsafe_extern_functions)  # pyright: ignore[reportUnknownMemberType] -- the SDK's hole
        known[_NAME] = lambda: self._url
        return None


def desk() -> str | None:
    """The Desk's address without a slash at its end, for text alone; None if the worker does not know it."""
    known = cast("Mapping[str, Callable[[], str]]", workflow.extern_functions())  # pyright: ignore[reportUnknownMemberType] -- the SDK's hole
    told = known.get(_NAME)
    return told() if told else None
