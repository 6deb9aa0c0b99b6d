"""Decisions by hand, what is set aside, and groups of strangers that were named, all to be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("person", sa.Column("aside", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("sample", sa.Column("aside", sa.String(10)))
    op.add_column("unknown", sa.Column("person_id", sa.Integer))
    op.create_index("ix_unknown_person_id", "unknown", ["person_id"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("undone", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_time", "decision", ["time"])
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("decision_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_concern"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_concern_decision_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_concern_person_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_concern_decision_id", "concern", ["decision_id"])
    op.create_index("ix_concern_person_id", "concern", ["person_id"])
