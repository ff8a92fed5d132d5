"""The database: tables, migrations, the one write that a commit is, and the queries for lists, people and messages.

Synchronous SQLAlchemy core, safe to call from any thread. SQLite by default, PostgreSQL by URL. Times go in and come
out aware and in UTC. No rules here: what a case is, the case says in its view.

    migrate(url)                     brings the database to the newest schema; safe when several start at once
    Records(url)                     the door; `close()` when done, or use it in a `with`
      .ping()
      .write(commit, rendered, outgoing, paged) -> Written(waiting, calls), one transaction; again, it changes nothing
      .next_delivery(case_id, destination) -> Waiting | None, .mark_delivered(it, now), .mark_failed(it, error, now)
      .deliveries(case_id)           -> list[Delivery]
      .keep_destinations(found, now), .destinations(), .list_destinations(), .forget_destination(name)
      .correspondence(case_id, alerts, announcements) -> list[Passed] | None
      .find(case_id)                 -> (CaseView, as_of) | None
      .complaint(case_id)            -> Complaint | None, as it arrived
      .entries(case_id, after, limit)-> list[Entry]
      .list_cases(Filters(...), limit, cursor) -> Page(items, next); raises InvalidCursor
      .every_case(Filters(...))      -> an iterator of (CaseView, Complaint | None), by id
      .cases_of(customer_id, but)    -> list[str], ids newest first
      .newest(), .changes(after, reader, team, case_id, limit) -> Changes(items, upto)
      .insights(since, until, by, team, product) -> Insights
      .standing()                    -> Standing, how many are open, late, waiting and stuck now
      .watch(now, soon)              -> Watch(groups, owners), cases under way by team and rung
      .outbox(case_id)               -> list[Sent]
      .tell(case_id, notice, words, paged) -> (Call, ...), one notice that no commit brings
      .waiting_alerts(group), .alert_text(n), .mark_paged(group, up_to, page_id, now) -> int, those that wait
      .waiting_groups(), .sent_pages(limit)
      .handoff(handoff_id)           -> RecordedHandoff | None
      .list_handoffs(HandoffFilters(...), limit, cursor) -> HandoffPage; raises InvalidCursor
      .import_people(people, away)   -> list[Change]; `dry_run` writes nothing
      .person(id), .people(), .staff(now, on_shift, id)
      .save_person(person, now), .change_person(id, change, now), .remove_person(id, now)
      .absences(now, person), .record_absence(person, away, by, now), .end_absence(person, id, now)
      .vacancies(now)                -> list[Vacancy], cases whose owner is away; .told(id, now)
      .keep_calendars(content), .calendars()
      .choose(errand, now, on_shift) -> Choice, reserving the person's load
      .choose_specialist(errand, now, on_shift) -> Choice, the same for a hand-off
      .book_payment(errand, now)     -> Payment; again, the same reference
      .ask_payment(errand, now), .settle_payment(effect_id, answer, now) where an endpoint pays
      .paid_to(customer_id, currency, since, but) -> Decimal
      .list_payments(case_id, customer, since, limit, cursor) -> PaymentPage; raises InvalidCursor
      .keep_policy(hash, name, content), .policy(hash)
      .put_in_force(hash, now), .policy_in_force()
      .erase_case(case_id, now)      -> Removed | None; its steps are those of `Erasing`
    Erasing(records, forget, retention)
      .of_customer(id, by, now)      -> Erasure; again, it goes on where it was
      .due(now), .expired(now)       what was asked for and had to wait; what a policy keeps no longer
    handoff_view(recorded)           -> HandoffShown, when the workflow of a RecordedHandoff does not answer

Errors: `RecordsError`, with a code: `InvalidCursor`, and `RecordsAway` when the database does not answer.
"""

from records.absences import Vacancy
from records.alerting import Call, SentPage, WaitingAlert, WaitingGroup
from records.changing import Changes, NewEntry, Position
from records.consulting import HandoffFilters, HandoffPage, HandoffShown, RecordedHandoff, handoff_view
from records.corresponding import Passed
from records.database import sqlite_url
from records.delivering import Delivery, Outgoing, Waiting
from records.destinations import KnownDestination
from records.directory import OnShift, PersonShown
from records.erasure import Erased, ErasedCase, Erasing, Erasure, Forget, KeptByLaw, StillOpen
from records.errors import InvalidCursor, RecordsAway, RecordsError
from records.insights import Figures, Grouping, Insights, Spread
from records.migrating import downgrade, migrate
from records.payments import BookedPayment, PaymentPage, reference_of
from records.people import Change
from records.readers import Reader
from records.reading import Filters, Page, Sent
from records.standing import Backlog, Standing
from records.store import Records
from records.watching import Pressed, Watch, Watched
from records.writing import Rendered, Written

__all__ = [
    "Backlog",
    "BookedPayment",
    "Call",
    "Change",
    "Changes",
    "Delivery",
    "Erased",
    "ErasedCase",
    "Erasing",
    "Erasure",
    "Figures",
    "Filters",
    "Forget",
    "Grouping",
    "HandoffFilters",
    "HandoffPage",
    "HandoffShown",
    "Insights",
    "InvalidCursor",
    "KeptByLaw",
    "KnownDestination",
    "NewEntry",
    "OnShift",
    "Outgoing",
    "Page",
    "Passed",
    "PaymentPage",
    "PersonShown",
    "Position",
    "Pressed",
    "Reader",
    "RecordedHandoff",
    "Records",
    "RecordsAway",
    "RecordsError",
    "Rendered",
    "Sent",
    "SentPage",
    "Spread",
    "Standing",
    "StillOpen",
    "Vacancy",
    "Waiting",
    "WaitingAlert",
    "WaitingGroup",
    "Watch",
    "Watched",
    "Written",
    "downgrade",
    "handoff_view",
    "migrate",
    "reference_of",
    "sqlite_url",
]
