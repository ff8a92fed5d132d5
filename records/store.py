"""The door to the records: everything that can be asked and written, on one engine."""

from __future__ import annotations

from records.directory import Directory
from records.reading import CaseQueries
from records.writing import CaseWriter


class Records(CaseWriter, CaseQueries, Directory):
    """The records of a company at one database URL. The database must have been migrated (`records.migrate`)."""
