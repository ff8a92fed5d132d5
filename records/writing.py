"""The one write that a commit is: view, timeline rows, outbox rows, hand-offs and loads, all of it or nothing.

It may come twice, or late. A timeline row is known by (case id, n), an outbox row by its effect id: what is there stays
as it is. A view is replaced by one of the same or a higher version only; hand-offs and loads follow the view that
stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from cases.commit import Commit
from cases.delivering import decisions
from cases.effects import AlertStaff, Notice, TellCustomer
from cases.timeline import Entry
from cases.view import OwnerView
from cases.words import Status
from records.alerting import Call, queue_pages
from records.changing import numbered
from records.database import Database, insert_into, insert_new
from records.delivering import Outgoing, decide, waiting_at, write_outgoing
from records.directory import settle_loads
from records.erasing import go_on_erasing
from records.errors import RecordsError
from records.mirroring import write_handoffs
from records.tables import NEVER, cases, outbox, policies, timeline


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in words. `language`: the one that they are in, if that may be another than the customer's."""

    subject: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What is left to do for a commit: destinations that something waits for, groups to be called for their alerts."""

    waiting: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()


class CaseWriter(Database):
    """What can be written about cases and policies."""

    def write(
        self,
        commit: Commit,
        rendered: Mapping[str, Rendered],
        outgoing: Sequence[Outgoing] | None = None,
        paged: Collection[str] = (),
    ) -> Written:
        """Writes a commit; again, it changes nothing. `rendered` has the words of each notice by its effect id.

        `outgoing` is to be delivered; None if nothing ever is. `paged`: the ids of the alerts that somebody is to be
        paged for.

        Nothing is written of a case that has been erased: what comes late would bring back what was removed. What is
        no late word of it, but another case of the same name, is not passed over in silence: RecordsError.
        The first commit of a case takes an erasure of its customer up again that was done without it.
        Raises KeyError if words are missing, RecordsAway if the database does not answer.
        """
        now = datetime.now(UTC)
        view = commit.view
        entries = [_entry_row(view.case_id, entry) for entry in commit.entries]
        notices = [_notice_row(view.case_id, notice, rendered[notice.id]) for notice in commit.notices]
        decided = {decision.n: decision for decision in decisions(commit)}
        with self.writing() as connection:
            before = connection.execute(_ERASED_AT, {"case": view.case_id}).first()
            if before is None:
                go_on_erasing(connection, view.customer.id, view.opened_at)
            elif (erased_at := before.erased_at) is not None:
                if view.opened_at > erased_at:
                    raise RecordsError(
                        f"{view.case_id} was erased at {erased_at.isoformat()}, and another case has been opened under "
                        "its source and reference since. Terminate that one, and open it under a reference of its own."
                    )
                return Written()
            entries = numbered(connection, entries)
            fresh = [decided[row["n"]] for row in entries if row["n"] in decided and self._is_new(connection, row)]
            for table, rows in ((timeline, entries), (outbox, notices)):
                if rows:
                    connection.execute(insert_new(self.dialect, table), rows)
            stands = connection.execute(_replace_older_view(self.dialect), _case_row(commit, now)).first()
            if stands is not None:
                settle_loads(connection, view, now)
                write_handoffs(connection, commit, now)
            write_outgoing(connection, view.case_id, outgoing or ())
            for decision in fresh:
                decide(connection, decision)
            waiting = waiting_at(connection, view.case_id) if decided or outgoing is not None else ()
            return Written(waiting, queue_pages(connection, _alerts(commit.notices, paged), now))

    def tell(self, case_id: str, notice: Notice, words: Rendered, paged: Collection[str] = ()) -> tuple[Call, ...]:
        """Writes one notice that no commit brings, as `write`; again, it changes nothing. Raises RecordsAway."""
        with self.writing() as connection:
            if connection.execute(_ERASED_AT, {"case": case_id}).scalar() is not None:
                return ()
            connection.execute(insert_new(self.dialect, outbox), _notice_row(case_id, notice, words))
            return queue_pages(connection, _alerts((notice,), paged), datetime.now(UTC))

    def _is_new(self, connection: sa.Connection, entry: dict[str, Any]) -> bool:
        """Writes an entry, if it is not there. What it decides is done with it, and so only once."""
        insert = insert_new(self.dialect, timeline).returning(timeline.c.n)
        return connection.execute(insert, entry).first() is not None

    def keep_policy(self, policy_hash: str, name: str, content: str) -> None:
        """Keeps a policy by its hash, for the cases that are pinned to it. Nothing, if it is kept already."""
        if self.policy(policy_hash) is not None:
            return
        row = {"hash": policy_hash, "name": name, "content": content, "kept_at": datetime.now(UTC)}
        with self.writing() as connection:
            connection.execute(insert_new(self.dialect, policies), row)

    def policy(self, policy_hash: str) -> str | None:
        """The content of the policy with that hash."""
        with self.reading() as connection:
            return connection.execute(
                sa.select(policies.c.content).where(policies.c.hash == policy_hash)
            ).scalar_one_or_none()


# When the case was erased, if it was. Locked: on PostgreSQL an erasure could come between this look and what is written
# after it.
_ERASED_AT = sa.select(cases.c.erased_at).where(cases.c.case_id == sa.bindparam("case")).with_for_update()


def _alerts(notices: Iterable[Notice], paged: Collection[str]) -> list[AlertStaff]:
    return [notice for notice in notices if isinstance(notice, AlertStaff) and notice.id in paged]


@cache
def _replace_older_view(dialect: str) -> sa.Executable:
    """Writes the row of a case unless a newer version is there; returns its id if it was written."""
    insert = insert_into(dialect, cases)
    kept = (cases.c.case_id, cases.c.erased_at)
    columns = {column.name: insert.excluded[column.name] for column in cases.c if column not in kept}
    # Only the first commits of a case bring its complaint, and with it the words to search.
    complaint = sa.func.coalesce(insert.excluded.complaint, cases.c.complaint)
    text = sa.func.coalesce(sa.func.nullif(insert.excluded.text, ""), cases.c.text)
    return insert.on_conflict_do_update(
        index_elements=[cases.c.case_id],
        set_={**columns, "complaint": complaint, "text": text},
        where=insert.excluded.version >= cases.c.version,
    ).returning(cases.c.case_id)


def _case_row(commit: Commit, now: datetime) -> dict[str, Any]:
    view = commit.view
    # No deadline of a case that is over is worth sorting by: it is not work for anybody.
    due = None if view.status in (Status.CLOSED, Status.ARCHIVED) else view.next_due
    complaint = commit.complaint
    words = (view.reference, view.customer.name, view.product, view.issue, complaint.text) if complaint else ()
    return {
        "case_id": view.case_id,
        "source": view.source,
        "reference": view.reference,
        "version": view.version,
        "status": view.status,
        "rung": view.rung,
        "owner_person": view.owner.person,
        "owner_queue": view.owner.queue,
        "offer_to": _label(view.offer.to) if view.offer else None,
        "offer_rung": view.offer.rung if view.offer else None,
        "priority": view.priority,
        "tier": view.tier,
        "team": view.team,
        "channel": view.channel,
        "product": view.product,
        "waiting_on": view.waiting_on,
        "customer_id": view.customer.id,
        "due_at": due,
        "sort_due": due or NEVER,
        "breached": view.breached,
        "undecided": view.undecided,
        "opened_at": view.opened_at,
        "closed_at": view.closed_at,
        "closed_as": view.closed_as,
        "text": "\n".join(word for word in words if word),
        "written_at": now,
        "view": view.model_dump(mode="json"),
        "complaint": complaint.model_dump(mode="json") if complaint else None,
    }


def _label(to: OwnerView) -> str:
    return to.person or f"queue:{to.queue}"


def _entry_row(case_id: str, entry: Entry) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "n": entry.n,
        "at": entry.at,
        "by_id": entry.by.id,
        "by_role": entry.by.role,
        "via": entry.via,
        "kind": entry.kind,
        "text": entry.text,
        "event_id": entry.event_id,
        "data": entry.model_dump(mode="json")["data"],
        "late_s": entry.data.get("late_s"),
    }


def _notice_row(case_id: str, notice: Notice, words: Rendered) -> dict[str, Any]:
    told = isinstance(notice, TellCustomer)
    return {
        "effect_id": notice.id,
        "case_id": case_id,
        "n": int(notice.id.rpartition(":")[2]),
        "kind": notice.kind,
        "template": notice.template,
        "channel": notice.channel if told else None,
        "language": (words.language or notice.language) if told else None,
        "to_person": None if told else notice.person,
        "team": None if told else notice.team,
        "rung": None if told else notice.rung,
        "subject": words.subject,
        "text": words.text,
        "params": notice.model_dump(mode="json")["params"],
        "created_at": notice.at,
    }
