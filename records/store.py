"""The door to the records: everything that can be asked and written, on one engine."""

from __future__ import annotations

from records.absences import Absences
from records.alerting import AlertQueue
from records.changing import ChangeQueries
from records.consulting import HandoffQueries
from records.corresponding import Correspondence
from records.destinations import Known
from records.directory import Directory
from records.erasing import Eraser
from records.insights import InsightQueries
from records.payments import PaymentBook
from records.people import People
from records.specialists import Specialists
from records.standing import StandingQueries
from records.watching import WatchQueries
from records.writing import CaseWriter


class Records(
    CaseWriter,
    Correspondence,
    ChangeQueries,
    InsightQueries,
    StandingQueries,
    WatchQueries,
    HandoffQueries,
    People,
    Absences,
    Directory,
    Specialists,
    PaymentBook,
    AlertQueue,
    Known,
    Eraser,
):
    """The records of a company at one database URL. The database must have been migrated (`records.migrate`)."""
