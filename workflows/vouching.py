"""Updates carry the API's signature in a header: put there by its client, checked where an update is let in.

A header that does not hold is refused by the validator's side, before anything is in the history. So whatever stands in
a history with a header was checked when it was accepted, and a handler, at first or replayed, needs no key and no clock
to know by whom an update came: the header is there or not. What signatures are is in `workflows.signing`.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, ClassVar

from temporalio import client, workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from workflows.reading import BAD_SIGNATURE, vouched_for
from workflows.signing import BadSignature, Signer, Trusted, Update

HEADER = "caseladder-signature"

_LOG = logging.getLogger(__name__)


class SigningInterceptor(client.Interceptor):
    """Signs every update that a client sends."""

    def __init__(self, signer: Signer, namespace: str, converter: PayloadConverter) -> None:
        self._signer = signer
        self._namespace = namespace
        self._converter = converter

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:  # noqa: A002 -- the SDK's name
        """Puts the signature before what is sent."""
        return _Signing(next, self._signed)

    def _signed(self, input: client.StartWorkflowUpdateInput) -> None:  # noqa: A002 -- the SDK's name
        # What is signed and what is sent are the same bytes, because they are made once.
        input.args = [RawValue(payload) for payload in self._converter.to_payloads(input.args)]
        input.update_id = input.update_id or str(uuid.uuid4())  # noqa: TID251 -- a client is outside of any history
        meant = Update(self._namespace, input.id, input.update, input.update_id, _payload(input.args))
        signature = self._signer.sign(meant, _now())
        header = Payload(metadata={"encoding": b"json/plain"}, data=signature)
        input.headers = {**input.headers, HEADER: header}


class _Signing(client.OutboundInterceptor):
    def __init__(self, next: client.OutboundInterceptor, sign: Any) -> None:  # noqa: A002 -- the SDK's name
        super().__init__(next)
        self._sign = sign

    async def start_workflow_update(
        self,
        input: client.StartWorkflowUpdateInput,  # noqa: A002 -- the SDK's name
    ) -> client.WorkflowUpdateHandle[Any]:
        self._sign(input)
        return await super().start_workflow_update(input)


class VouchingInterceptor(Interceptor):
    """Lets no update into a workflow whose signature does not hold. Without trusted keys, none that is signed.

    Signatures are checked in a thread of their own. In that of a workflow the sandbox stands between modules, and
    `cryptography`, whose compiled part imports its exceptions when it first raises one, ends the whole process there.
    """

    def __init__(self, trusted: Trusted | None) -> None:
        self._trusted = trusted
        self._outside = ThreadPoolExecutor(1, thread_name_prefix="signatures")

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002 -- the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """The interceptor's class, which has the keys."""
        return type("Vouching", (_Vouching,), {"trusted": self._trusted, "outside": self._outside})


class _Vouching(WorkflowInboundInterceptor):
    trusted: ClassVar[Trusted | None]
    outside: ClassVar[ThreadPoolExecutor]

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002 -- the SDK's name
        """Never replayed: here a key and the clock on the wall may count."""
        header = input.headers.get(HEADER)
        if header is not None:
            self._check(input, header.data)
        vouched_for.set(header is not None)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 -- the SDK's name
        """Also replayed."""
        vouched_for.set(_is_signed(input.headers))
        return await super().handle_update_handler(input)

    def _check(self, input: HandleUpdateInput, header: bytes) -> None:  # noqa: A002 -- the SDK's name
        info = workflow.info()
        meant = Update(info.namespace, info.workflow_id, input.update, input.id, _payload(input.args))
        try:
            if self.trusted is None:
                raise BadSignature("this worker has no public key to check it with")
            self.outside.submit(self.trusted.check, meant, header, _now()).result()
        except BadSignature as bad:
            refused = {"event": "signature_refused", "reason": str(bad), "workflow_id": info.workflow_id}
            _LOG.warning("signature refused: %s; %s, update %s", bad, info.workflow_id, input.id, extra=refused)
            raise ApplicationError(
                f"The signature does not hold: {bad}.", type=BAD_SIGNATURE, non_retryable=True
            ) from None


def _is_signed(headers: Mapping[str, Payload]) -> bool:
    return HEADER in headers


def _payload(args: Any) -> bytes:
    """The one payload of an update. Several, or something else, are nothing that we would sign."""
    return args[0].payload.data if len(args) == 1 and isinstance(args[0], RawValue) else b""


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- a signature is made and checked outside of any history
