"""The door to the records: everything that can be asked and written, on one engine."""

from __future__ import annotations

from records.changing import ChangeQueries
from records.consulting import HandoffQueries
from records.directory import Directory
from records.insights import InsightQueries
from records.payments import PaymentBook
from records.reading import CaseQueries
from records.specialists import Specialists
from records.writing import CaseWriter


class Records(
    CaseWriter, CaseQueries, ChangeQueries, InsightQueries, HandoffQueries, Directory, Specialists, PaymentBook
):
    """The records of a company at one database URL. The database must have been migrated (`records.migrate`)."""
