"""Messages: events that wait to be sent, in the database itself instead of in files beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sink", sa.String(64), nullable=False),
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("claimant", sa.String(32)),
        sa.Column("claimed", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_message_event_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_sink", "message", ["sink"])
    op.create_index("ix_message_event_id", "message", ["event_id"])
