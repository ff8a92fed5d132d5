"""The OpenAPI document: bodies that the framework does not see, because `api.bodies` reads them, and the problems.

Schemas are those of the events themselves, less what the API fills.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.bodies import ACTIONS, ANSWERS, LOOKED_UP, REQUESTS, STAMPED, Inbound, Kinds
from api.examples import COMPLAINT, EVENTS, INBOUND
from api.happening import Happening
from api.problems import ProblemBody, UnknownCase, UnknownHandoff, codes
from cases.complaint import Complaint
from cases.events import Event
from cases.people import Away, Person

_REF = "#/components/schemas/{model}"
_CASE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}-[a-z2-7]{10}")
_HANDOFF_ID = re.compile(_CASE_ID.pattern + "-[1-9][0-9]{0,8}")

DESCRIPTION = """Every customer complaint climbs the ladder that it should, on time, exactly once.

Services open cases and pass on what customers ask; agents act; specialists answer what agents ask them. A `kind` names
each event; `allowed` in a case, and in a hand-off, lists which are open to you now. Problems are RFC 9457 documents
whose `code` never changes.
"""


def known_case_id(case_id: Annotated[str, Path(description="id of a case", examples=["shop-7kq2m4xw5a"])]) -> str:
    """The same id. Raises UnknownCase for what cannot be one."""
    if not _CASE_ID.fullmatch(case_id):
        raise UnknownCase(f"{case_id[:80]!r} is not the id of a case", case_id=case_id[:80])
    return case_id


CaseId = Annotated[str, Depends(known_case_id)]
"""A case id in a path. Raises UnknownCase for what cannot be one, so that nobody is asked."""


def _known_handoff(handoff_id: Annotated[str, Path(description="its id", examples=["shop-7kq2m4xw5a-1"])]) -> str:
    if not _HANDOFF_ID.fullmatch(handoff_id):
        raise UnknownHandoff(f"{handoff_id[:80]!r} is not the id of a hand-off", handoff_id=handoff_id[:80])
    return handoff_id


HandoffId = Annotated[str, Depends(_known_handoff)]
"""A hand-off's id in a path. Raises UnknownHandoff for what cannot be one."""


LINK_IN_QUERY: dict[str, Any] = {
    "parameters": [
        {
            "name": "token",
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": "the token of a customer's link, where a browser opens it; else it goes into the header",
        }
    ]
}
"""The `openapi_extra` of an endpoint that a link opens in a browser."""


def takes(kinds: Kinds) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint that takes these kinds of events."""
    mapping = {kind: _REF.format(model=model.__name__) for kind, model in kinds.items()}
    schema = {
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    return _body(schema, [event for event in EVENTS if event["kind"] in kinds])


def takes_complaint() -> dict[str, Any]:
    """The `openapi_extra` of the endpoint that takes a complaint."""
    return _body({"$ref": _REF.format(model=Complaint.__name__)}, [{"kind": "complaint", **COMPLAINT}])


def takes_object(schema: str, example: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint whose body `api.bodies` reads, by the name of its schema."""
    content = {"schema": {"$ref": _REF.format(model=schema)}, "examples": {"example": {"value": example}}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def takes_decision(model: type[Event]) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint that takes what an operator decides about a message; its path names both."""
    own = _without(model.model_json_schema(ref_template=_REF), ("kind", "message_id", *STAMPED))
    own.pop("$defs", None)
    schema = own | {"required": ["reason"]}
    kind = model.model_fields["kind"].default
    example = next(event for event in EVENTS if event["kind"] == kind)
    shown = {"value": {name: value for name, value in example.items() if name in own["properties"]}}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": {kind: shown}}},
        }
    }


def takes_inbound() -> dict[str, Any]:
    """The `openapi_extra` of the endpoint that takes a gateway's words."""
    body = {"schema": {"$ref": _REF.format(model=Inbound.__name__)}, "example": INBOUND}
    return {"requestBody": {"required": True, "content": {"application/json": body}}}


def complete(app: FastAPI) -> dict[str, Any]:
    """The document of `app`, with the schemas of bodies and problems."""
    document = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=app.openapi_tags
    )
    for calls in document["paths"].values():
        for call in calls.values():
            # The framework's own, for paths with a parameter. Ours are problems, documented where they occur.
            if "application/json" in call["responses"].get("422", {}).get("content", {}):
                del call["responses"]["422"]
    schemas: dict[str, Any] = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (ProblemBody, Happening, Complaint, Inbound, *ACTIONS.values(), *REQUESTS.values(), *ANSWERS.values()):
        for name, schema in _schemas(model).items():
            schemas.setdefault(name, schema)
    schemas |= _of_directory()
    schemas[ProblemBody.__name__]["properties"]["code"]["enum"] = sorted(codes())
    return document


def _of_directory() -> dict[str, Any]:
    """What is sent to the directory: people without their id, which the path has, whole or in part; and absences."""
    person = _without(Person.model_json_schema(ref_template=_REF), ("id",))
    del person["$defs"]  # the rungs, which answers have too
    away = Away.model_json_schema(ref_template=_REF)
    del person["required"], away["required"]
    whole = person | {"title": "PersonSent", "required": ["name", "rung"]}
    return {"PersonSent": whole, "PersonChange": person | {"title": "PersonChange"}, "Away": away}


def _body(schema: dict[str, Any], examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shown = {example["kind"]: {"value": example} for example in examples}
    if "complaint" in shown:
        shown["complaint"]["value"] = COMPLAINT
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": shown}}}}


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    """The schemas that a body of this model needs, by component name: its own, and those that it refers to."""
    own = model.model_json_schema(ref_template=_REF)
    schemas: dict[str, Any] = own.pop("$defs", {})
    if "Recipient" in schemas:
        schemas["Recipient"] = _without(schemas["Recipient"], LOOKED_UP) | {
            "description": "To whom the case is offered."
        }
    if "by" in own["properties"]:
        # Only the envelope refers to these; what the API fills is not documented as something to send.
        schemas = {name: schema for name, schema in schemas.items() if name not in ("Actor", "Role", "Via", "Rung")}
        own = _without(own, STAMPED) | {"required": [*_required(own)]}
    return schemas | {model.__name__: own}


def _without(schema: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    kept = {name: shown for name, shown in schema["properties"].items() if name not in fields}
    return schema | {"properties": kept}


def _required(schema: dict[str, Any]) -> list[str]:
    return ["kind", *(name for name in schema.get("required", ()) if name not in ("id", "kind", *STAMPED))]
