"""`erase`: what is known of a customer is removed, or what is due to be, or what the policy keeps no longer."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.boundary import Failure
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from cases.retention import Retention
    from records import Erased, Erasing, Erasure, Records


def erase(
    customer: Annotated[
        str | None, typer.Argument(metavar="CUSTOMER", help="Whose data, by the customer's id.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Go on with what was asked for before and had to wait.")] = False,
    expired: Annotated[
        bool, typer.Option("--expired", help="Erase what the policy keeps no longer, whoever's it is.")
    ] = False,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Whose [retention] counts.",
            show_default="the policy that a worker last started with",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant; it cannot be undone.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print a JSON object: erased, payments, kept, waiting; with --due, a list of them."
        ),
    ] = False,
) -> None:
    """Erase a customer's personal data from the records, and their archived cases from Temporal; figures stay.

    Open cases keep their text until they are archived, and what a law makes one keep stays until its date: both are
    said, and erased then by the workers, or by --due.
    """
    if [customer is not None, due, expired].count(True) != 1:
        raise Failure("name a customer, or give either --due or --expired.")
    settle(data)
    with open_records() as records:
        retention = _retention(records, policy)
        _meant(customer, yes=yes or due)
        found = asyncio.run(_done(records, retention, customer, due=due))
    from starter.cli.printing import print_json

    if as_json:
        print_json([each.model_dump(mode="json") for each in found] if due else found[0])
    else:
        print("\n".join(line for each in found for line in _lines(each)) or "nothing is due")


def _meant(customer: str | None, *, yes: bool) -> None:
    """Raises Failure unless it is meant."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("what is erased cannot be brought back; say that it is meant with --yes.")
    whose = f"of {customer}" if customer else "that the policy keeps no longer"
    if not typer.confirm(f"Erase what is known {whose}? It cannot be brought back."):
        raise Failure("nothing was erased.")


def _retention(records: Records, file: Path | None) -> Retention:
    from policies import load, restore
    from policies.retention import UNSAID

    if file is not None:
        policy = load(file)
    else:
        content = records.policy_in_force()
        if content is None:
            raise Failure("no worker has said which policy is in force; start one, or name the file with --policy.")
        policy = restore(content)
    if policy.form.retention is None:
        raise Failure(f"{UNSAID.format(policy.name)}.")
    return policy.form.retention


async def _done(
    records: Records, retention: Retention, customer: str | None, *, due: bool
) -> list[Erasure] | list[Erased]:
    from records import Erasing
    from workflows.client import CaseClient
    from workflows.forgetting import forget

    erasing: Erasing = Erasing(records, partial(forget, await CaseClient.connect()), retention)
    now = datetime.now(UTC)
    if due:
        return await erasing.due(now)
    if customer is None:
        return [await erasing.expired(now)]
    return [await erasing.of_customer(customer, getpass.getuser(), now)]


def _lines(what: Erased) -> Iterator[str]:
    from records import Erasure
    from starter.cli.printing import moment

    if isinstance(what, Erasure):
        rest = "" if what.done else "; what is kept or waits follows by itself"
        yield f"{what.customer_id}: {len(what.erased)} cases erased, {what.payments} payments name nobody{rest}"
        if not what.known:
            yield f"The records know nothing of {what.customer_id}, or no longer do. Is the id right?"
    else:
        yield f"{len(what.erased)} cases erased, {what.payments} payments name nobody"
    for case in what.erased:
        counts = f"{case.entries} entries, {case.messages} messages, {case.handoffs} hand-offs, {case.runs} runs"
        yield f"erased   {case.case_id}: {counts}"
    for kept in what.kept:
        yield f"kept     {kept.what} {kept.id} until {moment(kept.until)[:10]}: {kept.because}"
    for waiting in what.waiting:
        yield f"waiting  {waiting.case_id}: {waiting.why}"
