"""When sightings and events of recordings were written, which tell of times long before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for table in ("sighting", "event"):
        op.add_column(table, sa.Column("written", sa.DateTime))
    op.create_index("ix_sighting_written", "sighting", ["written"])
