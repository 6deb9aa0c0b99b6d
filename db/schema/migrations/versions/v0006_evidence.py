"""Evidence: the looks behind the name of a sighting, and what the looks at every track came to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sighting_id", sa.Integer, nullable=False),
        sa.Column("track", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("quality", sa.Double, nullable=False),
        sa.Column("eyes", sa.Double, nullable=False),
        sa.Column("person_id", sa.Integer),
        sa.Column("similarity", sa.Double),
        sa.Column("other_id", sa.Integer),
        sa.Column("other_similarity", sa.Double),
        sa.Column("gathered", sa.Double),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("agreed", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("liveness", sa.Double),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
        sa.Column("crop", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_evidence_sighting_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_evidence_person_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name="fk_evidence_other_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_evidence_sighting_id", "evidence", ["sighting_id"])
    op.create_index("ix_evidence_person_id", "evidence", ["person_id"])
    op.create_index("ix_evidence_other_id", "evidence", ["other_id"])
    op.create_table(
        "appearance",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sighting_id", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("usable", sa.Integer, nullable=False),
        sa.Column("eyes", sa.Double),
        sa.Column("reason", sa.String(100)),
        sa.Column("person_id", sa.Integer),
        sa.Column("similarity", sa.Double),
        sa.Column("other_similarity", sa.Double),
        sa.Column("threshold", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_appearance"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_appearance_sighting_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_appearance_person_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appearance_sighting_id", "appearance", ["sighting_id"])
    op.create_index("ix_appearance_person_id", "appearance", ["person_id"])
