"""Events: who entered, was named and left, and cameras lost and back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("track", sa.Integer),
        sa.Column("sighting_id", sa.Integer),
        sa.Column("similarity", sa.Double),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_event_sighting_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_time", "event", ["time"])
    op.create_index("ix_event_sighting_id", "event", ["sighting_id"])
