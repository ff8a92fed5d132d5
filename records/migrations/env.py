"""Alembic's door: runs the revisions on the connection, and in the transaction, that `records.migrating` opened."""

from __future__ import annotations

from alembic import context

from records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
