"""Alembic's side of the records: `env` and one file per revision. Run by `records.migrating`, never by itself."""
