"""Likenesses: samples that are like somebody else enough to be taken for them, and of whom."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "likeness",
        sa.Column("sample_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name="pk_likeness"),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_likeness_sample_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_likeness_person_id", ondelete="CASCADE"),
    )
    op.create_index("ix_likeness_person_id", "likeness", ["person_id"])
