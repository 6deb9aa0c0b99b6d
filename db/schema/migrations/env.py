"""Run by Alembic: apply the migrations on the connection (and in the transaction) that `db.schema.engine` passes in."""

from alembic import context

from db.schema.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
