"""Run by Alembic: apply the migrations on the connection, in the transaction, that `db.schema.migration` passes in."""

from alembic import context

from db.schema.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
