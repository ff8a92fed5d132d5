"""`/v1/directory`: who works here, when, and who is away; read by staff, changed by operators and managers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import access
from api.auth import actor_with
from api.bodies import Sent
from api.documents import takes_object
from api.examples import AWAY, CHANGE, PERSON
from api.faults import checked
from api.problems import Fault, TooLarge, UnknownAbsence, UnknownPerson, Unprocessable, documented
from api.sources import Sources, sources
from cases.events import Actor
from cases.people import Absence, Away, Person
from cases.words import Role, Rung
from policies import Shifts
from policies.shifts import mistakes_in
from records import PersonShown

router = APIRouter(prefix="/v1/directory", tags=["directory"])

Reader = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR))]
Changer = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.OPERATOR))]
Asked = Annotated[Sources, Depends(sources)]
PersonId = Annotated[str, Path(description="id of a person", examples=["ana"], max_length=200)]


class PeopleList(BaseModel):
    """A page of people, by id."""

    model_config = ConfigDict(frozen=True)

    items: tuple[PersonShown, ...]
    next: str | None = Field(description="`cursor` of the next page; null on the last")


class PeopleSought(BaseModel):
    """What a list is narrowed to, and which part of it is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: str | None = Field(
        default=None, description="named as one of it; people without teams are not", examples=["cards"]
    )
    rung: Rung | None = None
    on_shift: bool | None = Field(default=None, description="there now, or not")
    limit: int = Field(default=200, ge=1, le=1000)
    cursor: str | None = Field(default=None, description="`next` of the page before")


@router.get("", responses=documented(Unprocessable))
async def people(by: Reader, sought: Annotated[PeopleSought, Query()], at: Asked) -> PeopleList:  # noqa: ARG001 -- for its role
    """Who works here, by id."""
    everybody = await at.ask(lambda known: known.staff(datetime.now(UTC), Shifts(known.calendars()).on))
    found = [
        person
        for person in everybody
        if (sought.team is None or sought.team in person.teams)
        and sought.rung in (None, person.rung)
        and sought.on_shift in (None, person.on_shift)
        and person.id > (sought.cursor or "")
    ]
    more = len(found) > sought.limit
    return PeopleList(items=tuple(found[: sought.limit]), next=found[sought.limit - 1].id if more else None)


@router.get("/people/{person_id}", responses=documented(UnknownPerson))
async def person(by: Reader, person_id: PersonId, at: Asked) -> PersonShown:  # noqa: ARG001 -- for its role
    """One of them."""
    return await _shown(person_id, at)


@router.put(
    "/people/{person_id}",
    responses={201: {"model": PersonShown, "description": "they are new"}, **documented(TooLarge, Unprocessable)},
    openapi_extra=takes_object("PersonSent", PERSON),
)
async def put(by: Changer, person_id: PersonId, body: Sent, at: Asked, response: Response) -> PersonShown:
    """Puts somebody into the directory, in place of who has that id there. What is left out is as for somebody new."""
    after = _read(body, {"id": person_id}, await at.ask(lambda known: known.calendars()))
    now = datetime.now(UTC)
    if await at.ask(lambda known: known.change_person(person_id, _allowed(by, lambda _: after), now)) is None:
        access.may_staff(by, after)
        access.may_give_authority(by, None, after)
        await at.ask(lambda known: known.save_person(after, now))
        response.status_code = 201
    return await _shown(person_id, at)


@router.patch(
    "/people/{person_id}",
    responses=documented(UnknownPerson, TooLarge, Unprocessable),
    openapi_extra=takes_object("PersonChange", CHANGE),
)
async def patch(by: Changer, person_id: PersonId, body: Sent, at: Asked) -> PersonShown:
    """Changes what is sent of somebody, and leaves the rest."""
    calendars = await at.ask(lambda known: known.calendars())
    change = _allowed(by, lambda before: _read(body, before.model_dump(mode="json"), calendars))
    if await at.ask(lambda known: known.change_person(person_id, change, datetime.now(UTC))) is None:
        raise _unknown(person_id)
    return await _shown(person_id, at)


@router.delete("/people/{person_id}", status_code=204, responses=documented(UnknownPerson))
async def remove(by: Changer, person_id: PersonId, at: Asked) -> Response:
    """Takes somebody out. The cases that they own are offered to others, because their owner is not there."""
    access.may_staff(by, await _known(person_id, at))
    await at.ask(lambda known: known.remove_person(person_id, datetime.now(UTC)))
    return Response(status_code=204)


@router.post(
    "/people/{person_id}/absences",
    status_code=201,
    responses=documented(UnknownPerson, TooLarge, Unprocessable),
    openapi_extra=takes_object("Away", AWAY),
)
async def be_absent(by: Changer, person_id: PersonId, body: Sent, at: Asked) -> Absence:
    """Records an absence; without `from`, it begins now. Reasons are not asked for. Anybody may record their own.

    Once it has begun, the cases that they own are offered to others, within seconds.
    """
    now = datetime.now(UTC)
    away = checked(Away, {"from": now} | body)
    access.may_record_absence(by, await _known(person_id, at))
    absence = await at.ask(lambda known: known.record_absence(person_id, away, by.id, now))
    if absence is None:
        raise _unknown(person_id)
    return absence


@router.delete(
    "/people/{person_id}/absences/{absence_id}", status_code=204, responses=documented(UnknownPerson, UnknownAbsence)
)
async def be_back(by: Changer, person_id: PersonId, absence_id: str, at: Asked) -> Response:
    """Ends an absence now; one that has not begun is forgotten. What was offered to others meanwhile stays offered."""
    access.may_record_absence(by, await _known(person_id, at))
    try:
        ended = await at.ask(lambda known: known.end_absence(person_id, UUID(absence_id), datetime.now(UTC)))
    except ValueError:
        ended = False
    if not ended:
        raise UnknownAbsence(f"{person_id} has no absence {absence_id[:80]!r} that is not over", person=person_id)
    return Response(status_code=204)


def _read(body: Mapping[str, Any], over: dict[str, Any], calendars: Mapping[str, str]) -> Person:
    """The person that a body describes on top of what is known. Raises Unprocessable, naming every field."""
    said = dict(body)
    if said.pop("id", over["id"]) != over["id"]:
        raise Unprocessable(Fault(field="id", problem="is another than in the path", remedy="leave it out"))
    shift = said.pop("shift", None)
    if not isinstance(shift, str | dict | None):
        problem, remedy = "is no shift", "send the name of a calendar, or an object with zone and hours"
        raise Unprocessable(Fault(field="shift", problem=problem, remedy=remedy))
    if shift is not None and (found := mistakes_in(shift, calendars)):  # pyright: ignore[reportUnknownArgumentType] JSON
        raise Unprocessable(*(Fault(field=one.key, problem=one.problem, remedy=one.remedy) for one in found))
    return checked(Person, {**over, **said, **({"shift": shift} if "shift" in body else {})})


def _allowed(by: Actor, change: Callable[[Person], Person]) -> Callable[[Person], Person]:
    """The change, if `by` may make it. Raises Forbidden."""

    def changed(before: Person) -> Person:
        after = change(before)
        access.may_staff(by, before, after)
        access.may_give_authority(by, before, after)
        return after

    return changed


async def _known(person_id: str, at: Sources) -> Person:
    found = await at.ask(lambda known: known.person(person_id))
    if found is None:
        raise _unknown(person_id)
    return found


async def _shown(person_id: str, at: Sources) -> PersonShown:
    now = datetime.now(UTC)
    found = await at.ask(lambda known: known.staff(now, Shifts(known.calendars()).on, person_id))
    if not found:
        raise _unknown(person_id)
    return found[0]


def _unknown(person_id: str) -> UnknownPerson:
    return UnknownPerson(f"nobody in the directory has the id {person_id[:80]!r}", person=person_id[:80])
