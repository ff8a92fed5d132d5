"""The database: tables, migrations, the one write that a commit is, and the queries for lists, people and messages.

Synchronous SQLAlchemy core, safe to call from any thread. SQLite by default, PostgreSQL by URL. Times go in and come
out aware and in UTC. No rules here: what a case is, the case says in its view.

    migrate(url)                     brings the database to the newest schema; safe when several start at once
    Records(url)                     the door; `close()` when done, or use it in a `with`
      .ping()
      .write(commit, rendered)       one transaction; again, it changes nothing
      .find(case_id)                 -> (CaseView, as_of) | None
      .complaint(case_id)            -> Complaint | None, as it arrived
      .entries(case_id, after, limit)-> list[Entry]
      .list_cases(Filters(...), limit, cursor) -> Page(items, next); raises InvalidCursor
      .cases_of(customer_id, but)    -> list[str], ids newest first
      .newest(), .changes(after, reader, team, case_id, limit) -> Changes(items, upto)
      .insights(since, until, by, team, product) -> Insights
      .outbox(case_id)               -> list[Sent]
      .tell(case_id, notice, words)  one notice that no commit brings
      .handoff(handoff_id)           -> RecordedHandoff | None
      .list_handoffs(HandoffFilters(...), limit, cursor) -> HandoffPage; raises InvalidCursor
      .import_people(people), .person(id), .people()
      .choose(errand, now)           -> Choice, reserving the person's load
      .choose_specialist(errand, now)-> Choice, the same for a hand-off
      .book_payment(errand, now)     -> Payment; again, the same reference
      .paid_to(customer_id, currency, since, but) -> Decimal
      .list_payments(case_id, customer, since, limit, cursor) -> PaymentPage; raises InvalidCursor
      .keep_policy(hash, name, content), .policy(hash)
    handoff_view(recorded)           -> HandoffShown, when the workflow of a RecordedHandoff does not answer

Errors: `RecordsError`, with a code: `InvalidCursor`, and `RecordsAway` when the database does not answer.
"""

from records.changing import Change, Changes, Position
from records.consulting import HandoffFilters, HandoffPage, HandoffShown, RecordedHandoff, handoff_view
from records.database import sqlite_url
from records.errors import InvalidCursor, RecordsAway, RecordsError
from records.insights import Figures, Grouping, Insights, Spread
from records.migrating import downgrade, migrate
from records.payments import BookedPayment, PaymentPage
from records.readers import Reader
from records.reading import Filters, Page, Sent
from records.store import Records
from records.writing import Rendered

__all__ = [
    "BookedPayment",
    "Change",
    "Changes",
    "Figures",
    "Filters",
    "Grouping",
    "HandoffFilters",
    "HandoffPage",
    "HandoffShown",
    "Insights",
    "InvalidCursor",
    "Page",
    "PaymentPage",
    "Position",
    "Reader",
    "RecordedHandoff",
    "Records",
    "RecordsAway",
    "RecordsError",
    "Rendered",
    "Sent",
    "Spread",
    "downgrade",
    "handoff_view",
    "migrate",
    "sqlite_url",
]
