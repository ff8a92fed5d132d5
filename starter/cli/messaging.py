"""`messages`: what passed between customer and company, from the records.

What the customer said is on the timeline; what they were told is in the outbox, in the words that they get. A reply is
shown once, as it was sent, and not again as its entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from starter.cli import completing, consulting
from starter.cli.boundary import Failure
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from cases.complaint import Complaint
    from cases.timeline import Entry
    from records import Records, Sent

_PAGE = 1000


class Passed(NamedTuple):
    """One message. `to` is who was alerted; `id` the effect of what was sent; `claimed`: nobody vouches for it."""

    at: datetime
    sent_by: Literal["customer", "company", "alert"]
    kind: str
    channel: str | None
    to: str | None
    subject: str | None
    text: str
    id: str | None = None
    claimed: bool = False


def messages(
    case_id: Annotated[
        str,
        typer.Argument(metavar="CASE", help="A case id, such as shop-7kq2m4xw5a.", autocompletion=completing.case_ids),
    ],
    alerts: Annotated[bool, typer.Option("--alerts", help="With what colleagues were told.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print a JSON object: case_id, messages (at, sent_by, kind, channel, to, subject, text, ...).",
        ),
    ] = False,
) -> None:
    """Show what passed between customer and company, oldest first. From the records: it may lag by a second."""
    consulting.refuse(case_id, "messages")
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        complaint = records.complaint(case_id)
        if complaint is None:
            raise Failure(f"the records know no case {case_id}. What they know, `caseladder list` shows.")
        received_at = complaint.received_at or _opened_at(records, case_id)
        passed = [_complaint(complaint, received_at), *_said(records, case_id), *_sent(records, case_id, alerts)]
    # Sorted by time alone: what the customer said stands before the answer that it got in the same moment.
    passed.sort(key=lambda message: message.at)
    if as_json:
        print_json({"case_id": case_id, "messages": [_json(message) for message in passed]})
    else:
        print("\n\n".join(_block(message) for message in passed))


def _complaint(complaint: Complaint, at: datetime) -> Passed:
    about = ": ".join(words for words in (complaint.product, complaint.issue) if words)
    return Passed(at, "customer", "complaint", complaint.channel, None, about, complaint.text)


def _said(records: Records, case_id: str) -> Iterator[Passed]:
    from cases.table import CUSTOMER_KINDS
    from cases.words import CLAIMED

    for entry in _entries(records, case_id):
        if entry.kind in CUSTOMER_KINDS:
            claimed = entry.via in CLAIMED
            yield Passed(
                entry.at, "customer", entry.kind, entry.data.get("channel"), None, None, _words(entry), claimed=claimed
            )


def _words(entry: Entry) -> str:
    comment = entry.data.get("comment")
    return f"{entry.text}: {comment}" if comment else entry.text


def _sent(records: Records, case_id: str, alerts: bool) -> Iterator[Passed]:
    for sent in records.outbox(case_id):
        if sent.kind == "message":
            yield Passed(
                sent.created_at, "company", sent.template, sent.channel, None, sent.subject, sent.text, sent.effect_id
            )
        elif alerts:
            yield Passed(
                sent.created_at, "alert", sent.template, None, _alerted(sent), sent.subject, sent.text, sent.effect_id
            )


def _alerted(sent: Sent) -> str:
    return sent.to_person or f"queue:{sent.team}"


def _entries(records: Records, case_id: str) -> Iterator[Entry]:
    last = 0
    while page := records.entries(case_id, last, _PAGE):
        yield from page
        last = page[-1].n


def _opened_at(records: Records, case_id: str) -> datetime:
    found = records.find(case_id)
    if found is None:
        raise Failure(f"the records know no case {case_id}. What they know, `caseladder list` shows.")
    return found[0].opened_at


def _block(message: Passed) -> str:
    from starter.cli.printing import moment

    who = {"customer": "the customer", "company": "to the customer", "alert": f"alert to {message.to}"}[message.sent_by]
    by = f", by {message.channel}" if message.channel else ""
    claim = " (unverified)" if message.claimed else ""
    head = f"{moment(message.at)}  {who}{by}: {message.subject or message.kind}{claim}"
    return "\n".join([head, *(f"    {line}".rstrip() for line in message.text.splitlines())])


def _json(message: Passed) -> dict[str, Any]:
    return message._asdict() | {"at": message.at.isoformat()}
