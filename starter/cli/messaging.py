"""`messages`: what passed between customer and company, from the records, and what an operator decides about it."""

from __future__ import annotations

import asyncio
import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cases.words import Role
from starter.cli import completing, consulting
from starter.cli.boundary import Failure
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import Delivery, Passed, Records


def messages(
    case_id: Annotated[
        str,
        typer.Argument(metavar="CASE", help="A case id, such as shop-7kq2m4xw5a.", autocompletion=completing.case_ids),
    ],
    alerts: Annotated[bool, typer.Option("--alerts", help="With what colleagues were told.")] = False,
    announcements: Annotated[
        bool, typer.Option("--announcements", help="With what backend services were told.")
    ] = False,
    resend: Annotated[
        str | None, typer.Option(metavar="ID", help="Send this one again; at once, if it is being tried.")
    ] = None,
    give_up: Annotated[
        str | None, typer.Option(metavar="ID", help="Give this one up; what waits behind it goes on.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the timeline: with --resend and --give-up.")] = None,
    destination: Annotated[
        str | None, typer.Option(help="Only there, such as gateway or webhook-shop.", show_default="wherever it goes")
    ] = None,
    who: Annotated[str | None, typer.Option("--as", help="By whom.", show_default="who runs this")] = None,
    data: Data = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print a JSON object: case_id, messages (at, sent_by, kind, channel, to, subject, text, delivery …).",
        ),
    ] = False,
) -> None:
    """Show what passed between customer and company, oldest first, and how far it has come.

    From the records: it may lag by a second. An operator sends again, or gives up, what does not arrive.
    """
    consulting.refuse(case_id, "messages")
    event = _decision(resend, give_up, reason)
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        if event:
            event |= {"by": {"id": who or getpass.getuser(), "role": Role.OPERATOR}}
            event |= {"destination": destination} if destination else {}
            _decide(records, case_id, event)
        passed = records.correspondence(case_id, alerts=alerts, announcements=announcements)
    if event:
        print_json({"case_id": case_id, "decided": event["kind"]}) if as_json else print(_done(event))
        return
    if passed is None:
        raise Failure(f"the records know no case {case_id}. What they know, `caseladder list` shows.")
    if as_json:
        print_json({"case_id": case_id, "messages": [message.model_dump(mode="json") for message in passed]})
    else:
        print("\n\n".join(_block(message) for message in passed))


def _decision(resend: str | None, give_up: str | None, reason: str | None) -> dict[str, Any]:
    """What the options ask for; empty, if only to be shown. Raises Failure."""
    if resend is None and give_up is None:
        if reason is not None:
            raise Failure("--reason is for --resend ID or --give-up ID: name the message")
        return {}
    if resend is not None and give_up is not None:
        raise Failure("either --resend or --give-up, one message at a time")
    if not reason:
        raise Failure("why? Say it with --reason: it stands on the timeline")
    return {"kind": "resend" if resend else "give_up", "message_id": resend or give_up, "reason": reason}


def _decide(records: Records, case_id: str, event: dict[str, Any]) -> None:
    """Asks the records whether there is such a message, then the case."""
    from uuid import uuid4

    from cases.delivering import check_decision
    from cases.redelivery import GiveUp, Resend
    from starter.client import Caseladder

    read = (Resend if event["kind"] == "resend" else GiveUp).model_validate({"id": uuid4(), **event})
    found = [each for each in records.deliveries(case_id) if each.id == read.message_id]
    check_decision(read, {each.destination: each.state for each in found})

    async def act() -> None:
        await (await Caseladder.connect()).act(case_id, event)

    asyncio.run(act())


def _done(event: dict[str, Any]) -> str:
    what = "is sent again" if event["kind"] == "resend" else "is given up"
    return f"{event['message_id']} {what}; `caseladder messages` shows how far it has come"


def _block(message: Passed) -> str:
    from starter.cli.printing import moment

    who = {
        "customer": "the customer",
        "company": "to the customer",
        "alert": f"alert to {message.to}",
        "announcement": f"announced to {message.to}",
    }[message.sent_by]
    by = f", by {message.channel}" if message.channel else ""
    claim = " (unverified)" if message.claimed else ""
    head = f"{moment(message.at)}  {who}{by}: {message.subject or message.kind}{claim}"
    if message.sent_by in ("company", "announcement"):
        head += f"\n    [{message.id}: {_way(message.delivery)}]"
    return "\n".join([head, *(f"    {line}".rstrip() for line in message.text.splitlines())])


def _way(delivery: Delivery | None) -> str:
    """How far it has come, in words."""
    from starter.cli.printing import moment

    if delivery is None:
        return "in the outbox only"
    again = (
        f", sent again {delivery.resent} times" if delivery.resent > 1 else ", sent again" if delivery.resent else ""
    )
    match delivery.state:
        case "delivered":
            words = f"delivered {moment(delivery.delivered_at)}" if delivery.delivered_at else "delivered"
        case "given_up":
            words = f"given up by {delivery.given_up_by}: {delivery.given_up_why}"
        case "failing":
            since = moment(delivery.failing_since) if delivery.failing_since else ""
            tries = "1 attempt" if delivery.attempts == 1 else f"{delivery.attempts} attempts"
            words = f"failing since {since}, {tries}: {delivery.error}"
        case "waiting":
            words = "waiting"
    return f"{words}{again}"
