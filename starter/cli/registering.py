"""Registers the search attributes of cases in a Temporal namespace, and says of each how it stands there."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Literal, NamedTuple, TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.cli.boundary import Failure
from workflows.client import Unreachable
from workflows.indexed import SEARCH_ATTRIBUTES

_TYPES: dict[str, IndexedValueType.ValueType] = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}
_NAMES = {number: name for name, number in IndexedValueType.items()}

_FORBIDDEN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.UNIMPLEMENTED)
_REFUSED = (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.RESOURCE_EXHAUSTED)

_ROOM = "Remove an attribute that nothing uses any more, or keep cases in a namespace of their own."

T = TypeVar("T")


class Standing(NamedTuple):
    """How one attribute stands in the namespace; `problem` says what keeps it, and what to do."""

    name: str
    type: str
    standing: Literal["created", "existed", "missing", "conflicting", "refused"]
    problem: str | None = None


async def register(client: Client) -> list[Standing]:
    """Adds what is missing. What cannot be added is said, and the rest are added. Raises Failure, Unreachable."""
    return [
        await _added(client, one.name, one.type) if one.standing == "missing" else one for one in await standing(client)
    ]


async def standing(client: Client) -> list[Standing]:
    """How each attribute stands, with nothing done about it. Raises Failure, Unreachable."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    known = (await _answer(client, client.operator_service.list_search_attributes(request))).custom_attributes
    return [_standing(client, name, kind, known.get(name)) for name, kind in SEARCH_ATTRIBUTES.items()]


def _standing(client: Client, name: str, kind: str, found: IndexedValueType.ValueType | None) -> Standing:
    if found is None:
        return Standing(name, kind, "missing")
    if found == _TYPES[kind]:
        return Standing(name, kind, "existed")
    other = _NAMES.get(found, str(found)).removeprefix("INDEXED_VALUE_TYPE_").replace("_", " ").capitalize()
    return Standing(
        name,
        kind,
        "conflicting",
        f"{name} exists as {other} and must be {kind}. If nothing else uses it, remove it with `temporal operator "
        f"search-attribute remove --namespace {client.namespace} --name {name}`, and run this again; or keep cases in "
        "a namespace of their own.",
    )


async def _added(client: Client, name: str, kind: str) -> Standing:
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes={name: _TYPES[kind]})
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status not in _REFUSED:
            raise _explained(client, error) from error
        return Standing(name, kind, "refused", f"{error.message.rstrip('.')}. {_ROOM}")
    return Standing(name, kind, "created")


async def _answer(client: Client, call: Awaitable[T]) -> T:
    try:
        return await call
    except RPCError as error:
        raise _explained(client, error) from error


def _explained(client: Client, error: RPCError) -> Exception:
    address, namespace = client.service_client.config.target_host, client.namespace
    if error.status in _FORBIDDEN:
        wanted = ", ".join(f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items())
        return Failure(
            f"Temporal at {address} does not let you register search attributes in {namespace} ({error.message}). "
            "Ask for the rights of an operator; in Temporal Cloud, add them to the namespace on its page or with "
            f"tcld: {wanted}"
        )
    if error.status is RPCStatusCode.NOT_FOUND:
        return Failure(
            f"Temporal at {address} has no namespace {namespace}. Set TEMPORAL_NAMESPACE to one that exists, or create "
            f"it with: temporal operator namespace create --namespace {namespace}"
        )
    return Unreachable(address, namespace, error.message)
