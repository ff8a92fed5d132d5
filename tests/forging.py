"""A client whose updates carry a signature of the test's own making."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import client
from temporalio.api.common.v1 import Payload

from workflows.vouching import HEADER

Make = Callable[[client.StartWorkflowUpdateInput], bytes]


class Forging(client.Interceptor):
    """Sends updates with a header of the test's own making."""

    def __init__(self, make: Make) -> None:
        self.make = make

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:  # noqa: A002
        return _Forging(next, self.make)


class _Forging(client.OutboundInterceptor):
    def __init__(self, next: client.OutboundInterceptor, make: Make) -> None:  # noqa: A002
        super().__init__(next)
        self.make = make

    async def start_workflow_update(
        self,
        input: client.StartWorkflowUpdateInput,  # noqa: A002
    ) -> client.WorkflowUpdateHandle[Any]:
        input.headers = {HEADER: Payload(metadata={"encoding": b"json/plain"}, data=self.make(input))}
        return await super().start_workflow_update(input)
