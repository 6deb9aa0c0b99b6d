"""Visitors of whom was told, shared by all programs that write into a database."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "visitor",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("told", sa.DateTime, nullable=False),
        sa.Column("event_id", sa.Integer),
        sa.Column("due", sa.DateTime),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_visitor_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_visitor_event_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("person_id", name="pk_visitor"),
    )
    op.create_index("ix_visitor_event_id", "visitor", ["event_id"])
    op.create_index("ix_visitor_due", "visitor", ["due"])
