"""Alembic's entry: the connection is handed in by `minutebook.ledger.migrate`."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="minutebook")
with context.begin_transaction():
    context.run_migrations()
