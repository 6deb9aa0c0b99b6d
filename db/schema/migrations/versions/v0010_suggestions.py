"""Suggestions: looks at somebody that are offered as further pictures of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sighting_id", sa.Integer),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("quality", sa.Double, nullable=False),
        sa.Column("similarity", sa.Double, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sa.Column("crop", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_suggestion_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sighting.id"], name="fk_suggestion_sighting_id", ondelete="SET NULL"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suggestion_person_id", "suggestion", ["person_id"])
    op.create_index("ix_suggestion_sighting_id", "suggestion", ["sighting_id"])
    op.create_index("ix_suggestion_time", "suggestion", ["time"])
