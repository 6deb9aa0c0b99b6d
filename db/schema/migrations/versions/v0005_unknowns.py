"""Unknowns: strangers who are kept when asked for, their stays, the looks at them, and who of them is not one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "unknown",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ignored", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unknown"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "stay",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("unknown_id", sa.Integer, nullable=False),
        sa.Column("sighting_id", sa.Integer),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("first_seen", sa.DateTime, nullable=False),
        sa.Column("last_seen", sa.DateTime, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pictures", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sa.Column("portrait", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_stay"),
        sa.ForeignKeyConstraint(["unknown_id"], ["unknown.id"], name="fk_stay_unknown_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_stay_sighting_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stay_unknown_id", "stay", ["unknown_id"])
    op.create_index("ix_stay_sighting_id", "stay", ["sighting_id"])
    op.create_index("ix_stay_created", "stay", ["created"])
    op.create_table(
        "look",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("stay_id", sa.Integer, nullable=False),
        sa.Column("quality", sa.Double, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sa.Column("crop", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name="fk_look_stay_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_look_stay_id", "look", ["stay_id"])
    op.create_table(
        "apart",
        sa.Column("one_id", sa.Integer, nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_apart"),
        sa.ForeignKeyConstraint(["one_id"], ["unknown.id"], name="fk_apart_one_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["unknown.id"], name="fk_apart_other_id", ondelete="CASCADE"),
    )
    op.create_index("ix_apart_other_id", "apart", ["other_id"])
