"""`open`, `act`, `show`: one case, or one of its hand-offs, through the typed client."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from cases.words import Channel, Role
from starter.cli import completing, consulting
from starter.cli.boundary import Failure
from starter.cli.place import Data, known_records, open_records, settle
from starter.cli.reading import STDIN, fields, json_object, parsed

CaseId = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help="A case id, such as shop-7kq2m4xw5a; or a hand-off's, shop-7kq2m4xw5a-1.",
        autocompletion=completing.case_ids,
    ),
]


def open_case(
    file: Annotated[str | None, typer.Argument(help="The complaint as JSON: a file, or - for stdin.")] = None,
    source: Annotated[str | None, typer.Option(help="The system that it came from.")] = None,
    reference: Annotated[str | None, typer.Option(help="The source's own name for it.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="Where the customer speaks.")] = None,
    product: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    issue: Annotated[str | None, typer.Option(help="What is wrong with that.")] = None,
    text: Annotated[str | None, typer.Option(help="The customer's words.")] = None,
    remedy_sought: Annotated[str | None, typer.Option(help="What would put it right.")] = None,
    received_at: Annotated[str | None, typer.Option(help="When it was received, with a time zone.")] = None,
    language: Annotated[str | None, typer.Option(help="Such as en, or de-AT.")] = None,
    tier: Annotated[str | None, typer.Option(help="The customer's service tier.")] = None,
    customer: Annotated[str | None, typer.Option(help="The customer's id.")] = None,
    customer_name: Annotated[str | None, typer.Option(help="The customer's name.")] = None,
    contact: Annotated[str | None, typer.Option(help="Their address on the channel.")] = None,
    zone: Annotated[str | None, typer.Option(help="Their time zone, such as Europe/London.")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: case_id, created.")] = False,
) -> None:
    """Open a case from a complaint: JSON, flags, or both (flags count). The same complaint again opens nothing."""
    complaint = json_object(file) if file else {}
    said = {
        "source": source,
        "reference": reference,
        "channel": channel,
        "product": product,
        "issue": issue,
        "text": text,
        "remedy_sought": remedy_sought,
        "received_at": received_at,
        "language": language,
        "tier": tier,
    }
    who = {"id": customer, "name": customer_name, "contact": contact, "zone": zone}
    complaint |= _given(said)
    if _given(who):
        complaint["customer"] = {**(complaint.get("customer") or {}), **_given(who)}
    if not complaint:
        raise Failure("what is the complaint? Name a JSON file, or say it in flags: see caseladder open --help")
    settle(data)
    asyncio.run(_open(complaint, as_json))


async def _open(complaint: dict[str, Any], as_json: bool) -> None:
    from cases.complaint import Complaint

    read = Complaint.model_validate(complaint)
    from starter.cli.printing import print_json
    from starter.client import Caseladder

    opened = await (await Caseladder.connect()).open_case(read)
    if as_json:
        print_json(opened._asdict())
    else:
        print(f"{opened.case_id} {'opened' if opened.created else 'was open already: the same complaint'}")


def act(
    case_id: CaseId,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A kind, such as claim; or an event as JSON; - for stdin.",
            autocompletion=completing.kinds,
        ),
    ],
    said: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            help="Fields of the kind, such as text=Hello.",
            autocompletion=completing.fields,
        ),
    ] = None,
    who: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="Who acts: a person of the directory. Customers' requests need none.",
            autocompletion=completing.people,
        ),
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the case's answer, or send a signal.")] = True,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: the case; with --no-wait case_id, sent.")
    ] = False,
) -> None:
    """Do an agent's action, or pass on a customer's request: caseladder act CASE claim --as ana

    On a hand-off, what a specialist does: accept, decline, answer, ask_back.
    """
    if what == STDIN:
        event = json_object(STDIN)
    else:
        event = parsed(what, "the event") if what.lstrip().startswith("{") else {"kind": what}
    event |= fields(said or ())
    settle(data)
    asyncio.run(_act(case_id, event, who, wait, as_json))


async def _act(case_id: str, event: dict[str, Any], who: str | None, wait: bool, as_json: bool) -> None:
    if consulting.is_handoff(case_id):
        await _act_on_handoff(case_id, event, who, wait, as_json)
        return
    from cases.deeds import Act
    from cases.table import CUSTOMER_KINDS, TABLE

    _known(event.get("kind"), sorted(kind for kind, row in TABLE.items() if row.who))
    is_request = event.get("kind") in CUSTOMER_KINDS
    if who or "by" not in event:
        event["by"] = _actor(who, is_request)
    _teams_known(event)
    Act.model_validate({"id": uuid4()} | event)
    from starter.cli.printing import case_lines, print_json
    from starter.client import Caseladder

    caseladder = await Caseladder.connect()
    send = caseladder.request if is_request else caseladder.act
    if not wait:
        await send(case_id, event, wait=False)
        print_json({"case_id": case_id, "sent": True}) if as_json else print(f"sent to {case_id}")
        return
    view = await send(case_id, event)
    print_json(view) if as_json else print("\n".join(case_lines(view)))


async def _act_on_handoff(handoff_id: str, event: dict[str, Any], who: str | None, wait: bool, as_json: bool) -> None:
    from cases.answering import TABLE

    _known(event.get("kind"), sorted(kind for kind, row in TABLE.items() if row.who))
    if who or "by" not in event:
        event["by"] = _actor(who, is_request=False)
    await consulting.act(handoff_id, event, wait, as_json)


def _known(kind: object, kinds: list[str]) -> None:
    """Raises Failure, in the words of the API, if it is no kind of event that people send."""
    if kind not in kinds:
        problem = "is missing" if kind is None else "is not known"
        raise Failure(f"kind {problem}: one of {', '.join(kinds)}")


def _actor(who: str | None, is_request: bool) -> dict[str, Any]:
    """The person as the directory knows them; for a request, whoever sits at this terminal may pass it on."""
    if who is None:
        if is_request:
            return {"id": "caseladder-cli", "role": Role.OPERATOR}
        raise Failure("who acts? Say it with --as PERSON, or as `by` in the JSON.")
    with open_records() as records:
        person = records.person(who)
    if person is None:
        raise Failure(f"the directory does not know {who!r}; --as takes the id of a person in it.")
    return person.actor.model_dump()


def _teams_known(event: dict[str, Any]) -> None:
    """Raises Failure, in the words of the API, if it names a team that nobody belongs to: nobody would take it up.

    Where nothing says which records there are, nobody can tell, and the case takes any team.
    """
    to = event.get("to")
    named = {"to.team": cast("dict[str, Any]", to).get("team")} if isinstance(to, dict) else {}
    if event.get("kind") == "hand_off":
        named["team"] = event.get("team")
    asked = {field: team for field, team in named.items() if isinstance(team, str)}
    records = known_records() if asked else None
    if records is None:
        return
    with records:
        known = sorted({team for person in records.people() for team in person.teams})
    for field, team in asked.items():
        if team not in known:
            remedy = f"one of {', '.join(known)}" if known else "add people with teams to the directory first"
            raise Failure(f"{field} {team[:80]!r} has nobody in the directory: {remedy}")


def show(
    case_id: CaseId,
    timeline: Annotated[bool, typer.Option("--timeline", help="With what happened.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="With the page for a new owner.")] = False,
    clocks: Annotated[bool, typer.Option("--clocks", help="With the account of each clock, line by line.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print a JSON object: the case; if asked for, its timeline, brief and accounts."),
    ] = False,
) -> None:
    """Show a case, or a hand-off. Asks its workflow; when that does not answer, or is gone, the records.

    What the records know is as of their time.
    """
    settle(data)
    if consulting.is_handoff(case_id):
        if timeline or brief or clocks:
            case = case_id.rpartition("-")[0]
            raise Failure(f"a hand-off has no timeline, brief or accounts: ask for those of its case, {case}")
        asyncio.run(consulting.show(case_id, as_json))
        return
    asyncio.run(_show(case_id, timeline, brief, clocks, as_json))


async def _show(case_id: str, timeline: bool, brief: bool, clocks: bool, as_json: bool) -> None:
    from starter.cli.accounts import account_lines, accounts
    from starter.cli.finding import Finder
    from starter.cli.printing import brief_lines, case_lines, entry_lines, print_json

    finder = await Finder.connect()
    view = await finder.view(case_id)
    entries = await finder.timeline(case_id) if timeline else None
    page = await finder.brief(case_id) if brief else None
    if as_json:
        shown = view.model_dump(mode="json")
        if entries is not None:
            shown["timeline"] = [entry.model_dump(mode="json") for entry in entries]
        if page is not None:
            shown["brief"] = page.model_dump(mode="json")
        if clocks:
            shown["accounts"] = [each.model_dump(mode="json") for each in accounts(view)]
        print_json(shown)
        return
    print("\n".join(case_lines(view)))
    if clocks:
        print("\n".join(account_lines(view)))
    if entries is not None:
        print("\n".join(["", *entry_lines(entries)]))
    if page is not None:
        print("\n".join(["", *brief_lines(page)]))


def _given(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}
