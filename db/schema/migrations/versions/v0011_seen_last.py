"""When a group of strangers was seen last, from an index alone: a page of 20,000 groups read all their stays."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_index("ix_stay_unknown_id", "stay")
    op.create_index("ix_stay_unknown_id", "stay", ["unknown_id", "last_seen"])
