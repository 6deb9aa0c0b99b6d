"""Negatives: looks that are not a person's, as somebody has said."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "negative",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("right_id", sa.Integer),
        sa.Column("sighting_id", sa.Integer),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sa.Column("crop", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_negative"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_negative_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["right_id"], ["person.id"], name="fk_negative_right_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_negative_sighting_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_negative_person_id", "negative", ["person_id"])
    op.create_index("ix_negative_right_id", "negative", ["right_id"])
    op.create_index("ix_negative_sighting_id", "negative", ["sighting_id"])
