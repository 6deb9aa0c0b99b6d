"""Runs that write sightings, and which of their reports are written."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "writer",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("course", sa.JSON, nullable=False),
        sa.Column("touched", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_writer"),
    )
