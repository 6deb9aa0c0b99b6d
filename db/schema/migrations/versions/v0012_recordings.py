"""Recordings that are watched piece by piece, and which sightings are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("place", sa.String(500), nullable=False),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("began", sa.DateTime, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("made", sa.String(64), nullable=False),
        sa.Column("watched", sa.Double, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("tracks", sa.Integer, nullable=False),
        sa.Column("staying", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recording_place", "recording", ["place"])
    op.add_column("sighting", sa.Column("recording_id", sa.Integer))
    op.create_index("ix_sighting_recording_id", "sighting", ["recording_id"])
