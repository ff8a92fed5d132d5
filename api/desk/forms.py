"""Forms, made from the model of an event: a new kind of action needs no form of its own.

A form knows the fields, what was typed, and what is wrong with it. Whether the action is open to somebody is for
`allowed` of the view to say, and whether it is taken for the case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict

from api.bodies import LOOKED_UP, STAMPED, whole
from api.desk import labels
from api.problems import Fault, Problem, Unprocessable
from cases.events import Event

MOST_FIELDS = 200
_NAMED = re.compile(r"`([a-z_.]+)`")
_ENVELOPE = frozenset({"kind", "id", *STAMPED})
_LOOK = Literal["line", "text", "choice", "yes_no", "moment", "amount", "fixed"]
_AS_TYPED = ("form", "zone", "back")
"""What a form sends beside the fields of its event."""

_PRESET = ("currency",)
"""Fields whose first choice stands from the start."""


class Choice(BaseModel):
    """One of the values that a field takes."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str


class Field(BaseModel):
    """One field as it is shown. `preset`: its first choice stands from the start; `when`: when it may stay empty."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    look: _LOOK
    required: bool
    folded: bool = False
    preset: bool = False
    when: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    value: str = ""
    wrong: str = ""


class Form(BaseModel):
    """A form for one kind of event. `key` tells it from the others of its page; `at_top` is wrong with all of it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    key: str
    kind: str
    title: str
    button: str
    hint: str
    to: str
    back: str
    event_id: str
    about: str
    fields: tuple[Field, ...]
    problem: Problem | None = None
    at_top: tuple[Fault, ...] = ()

    @property
    def folded(self) -> tuple[Field, ...]:
        """What few need, behind a fold."""
        return tuple(field for field in self.fields if field.folded)

    @property
    def unfolded(self) -> tuple[Field, ...]:
        """What is seen at once."""
        return tuple(field for field in self.fields if not field.folded)

    @property
    def is_press(self) -> bool:
        """Whether there is nothing to fill in."""
        return all(field.look == "fixed" for field in self.fields)

    @property
    def fold_open(self) -> bool:
        """Whether something behind the fold was filled in, or is wrong."""
        return any(field.value or field.wrong for field in self.folded)


def form_of(
    model: type[Event],
    to: str,
    *,
    about: str,
    key: str = "",
    choices: Mapping[str, Sequence[Choice]] | None = None,
    fixed: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    sent: Mapping[str, str] | None = None,
    problem: Problem | None = None,
    back: str = "",
) -> Form:
    """The form of an event that is posted to `to`. `about` is the id of what it is done to, and names its drafts.

    `choices` are the values of fields that only the caller knows, by name, such as `to.team`; `fixed` fields are sent
    along unseen. `sent` and `problem` are what came back when it was tried: it is shown again as it was typed.
    """
    kind = str(model.model_fields["kind"].default)
    schema = model.model_json_schema()
    leaves = [leaf for leaf in _leaves(schema, schema, "") if leaf[0] not in without]
    known = {name for name, _, _ in leaves if name not in (fixed or {})}
    errors = [each for fault in (problem.errors if problem else None) or () for each in _placed(fault, known, sent)]
    faults = {fault.field: fault for fault in errors}
    fields = [
        _shown(kind, name, said, required, choices or {}, sent or {}, faults, dict(fixed or {}))
        for name, said, required in leaves
    ]
    return Form(
        key=key or kind,
        kind=kind,
        title=labels.title(kind),
        button=labels.button(kind),
        hint=labels.about(kind),
        to=to,
        back=back,
        event_id=(sent or {}).get("id") or str(uuid4()),
        about=about,
        fields=tuple(fields),
        problem=problem,
        at_top=tuple(fault for fault in errors if fault.field not in known),
    )


def _placed(fault: Fault, known: Collection[str], sent: Mapping[str, str] | None) -> list[Fault]:
    """A fault of the whole event that names fields is said at them: at those that are empty, if any is."""
    named = [name for name in _NAMED.findall(fault.remedy) if name in known]
    if fault.field in known or not named:
        return [fault]
    empty = [name for name in named if not (sent or {}).get(name)]
    return [fault.model_copy(update={"field": name}) for name in empty or named]


def _leaves(schema: Mapping[str, Any], whole_schema: Mapping[str, Any], prefix: str) -> list[tuple[str, Any, bool]]:
    """Each field with its schema and whether it must be there; those of an object within by a dotted name."""
    found: list[tuple[str, Any, bool]] = []
    required = schema.get("required", ())
    for name, said in schema.get("properties", {}).items():
        if (not prefix and name in _ENVELOPE) or (prefix and name in LOOKED_UP):
            continue
        plain = _plain(said, whole_schema)
        if plain.get("type") == "array":
            continue  # links to attachments, which have no field here
        if plain.get("type") == "object":
            found += _leaves(plain, whole_schema, f"{prefix}{name}.")
        else:
            found.append((prefix + name, plain, name in required))
    return found


def _plain(said: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a value that is there: references followed, and null left out."""
    options = [option for option in said.get("anyOf", ()) if option.get("type") != "null"]
    merged = {key: value for key, value in said.items() if key != "anyOf"} | (dict(options[0]) if options else {})
    if "$ref" not in merged:
        return merged
    referred: Mapping[str, Any] = schema["$defs"][merged.pop("$ref").rsplit("/", 1)[-1]]
    return {**referred, "description": merged.get("description", "")}


def _shown(
    kind: str,
    name: str,
    said: Mapping[str, Any],
    required: bool,
    choices: Mapping[str, Sequence[Choice]],
    sent: Mapping[str, str],
    faults: Mapping[str, Fault],
    fixed: dict[str, str],
) -> Field:
    look: _LOOK = _look(said)
    fault = faults.get(name)
    preset = name in _PRESET and bool(choices.get(name))
    given = tuple(choices.get(name) or (Choice(value=str(it), label=labels.value(it)) for it in _values(said)))
    return Field(
        name=name,
        label=labels.field(kind, name),
        look="fixed" if name in fixed else "choice" if given else look,
        required=required,
        folded=not required and labels.is_folded(kind, name),
        preset=preset,
        when="" if required else labels.when(kind, name),
        hint=labels.hint(kind, name),
        choices=given,
        value=fixed.get(name) or sent.get(name) or (given[0].value if preset else ""),
        wrong=labels.wrong(look, fault.problem, fault.remedy) if fault else "",
    )


def _values(said: Mapping[str, Any]) -> Sequence[Any]:
    return said.get("enum") or ([said["const"]] if "const" in said else [])


def _look(said: Mapping[str, Any]) -> _LOOK:
    match said:
        case {"type": "boolean"}:
            return "yes_no"
        case {"format": "date-time"}:
            return "moment"
        case {"pattern": str(pattern)}:
            return "amount" if "0-9]{1,12}" in pattern else "line"
        case {"maxLength": _}:
            return "line"
        case _:
            return "text"


def body_of(model: type[Event], sent: Mapping[str, str]) -> dict[str, Any]:
    """The body that a form stands for, as it would be sent to the path under `/v1`; what was left empty is left out.

    What has no place in the model is passed on, so that it is refused there. Moments are in the visitor's `zone`.
    """
    schema = model.model_json_schema()
    kinds = {name: said for name, said, _ in _leaves(schema, schema, "")}
    body: dict[str, Any] = {"kind": model.model_fields["kind"].default}
    for name, value in sent.items():
        if name in _AS_TYPED or value == "" or (name == "currency" and sent.get("amount") == ""):
            continue  # a currency stands there from the start, and says nothing without an amount
        *parents, last = name.split(".")
        where = body
        for parent in parents:
            where = where.setdefault(parent, {})
        where[last] = _said(kinds.get(name, {}), value, sent.get("zone", ""))
    return body


def _said(said: Mapping[str, Any], value: str, zone: str) -> Any:
    match said:
        case {"type": "boolean"}:
            return {"true": True, "false": False}.get(value, value)
        case {"format": "date-time"}:
            return _moment(value, zone)
        case {"type": "integer"} if value.isascii() and value.isdigit():
            return int(value)
        case _:
            return value


def _moment(value: str, zone: str) -> str:
    """What a `datetime-local` field says, with its offset. What it does not say is left for the model to refuse."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (at if at.tzinfo else at.replace(tzinfo=_zone(zone))).isoformat()


def _zone(name: str) -> ZoneInfo | Any:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


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
