"""Evidence into the database, with its sighting; how much of it is kept."""

from collections.abc import Sequence

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from db.evidence.records import Appearance, NewEvidence
from db.schema.tables import AppearanceRow, EvidenceRow, PersonRow, SightingRow
from db.vectors import as_stored

LOOKS = 24  # of a sighting


def keep(
    session: Session, sighting: SightingRow, looks: Sequence[NewEvidence], appearance: Appearance[int] | None
) -> None:
    """Keep looks with a sighting that has a name, and what the looks at a track of it came to."""
    if sighting.person_id is not None and looks:
        session.add_all(_evidence(session, sighting.id, look) for look in looks)
        session.flush()
        thin_out(session, sighting.id)
    if appearance is not None:
        likeness = appearance.likeness
        session.add(
            AppearanceRow(
                sighting_id=sighting.id,
                looks=appearance.looks,
                usable=appearance.usable,
                eyes=appearance.eyes,
                reason=appearance.reason,
                person_id=_known(session, likeness.who),
                similarity=likeness.similarity,
                other_similarity=likeness.other_similarity,
                threshold=appearance.threshold,
            )
        )
        session.flush()


def thin_out(session: Session, sighting: int) -> None:
    """Keep of a sighting the looks by which it was named at first, and the best of the others."""
    early_first = case((EvidenceRow.state != "named", 0), else_=1)
    query = select(EvidenceRow.id).where(EvidenceRow.sighting_id == sighting)
    surplus = session.scalars(query.order_by(early_first, EvidenceRow.quality.desc(), EvidenceRow.id).offset(LOOKS))
    ids = surplus.all()
    if ids:
        session.execute(delete(EvidenceRow).where(EvidenceRow.id.in_(ids)))


def forget_crops(session: Session, max_bytes: float) -> int:
    """Erase the oldest crops, where all of them together have more than so many bytes; returns how many.

    Args:
        max_bytes: infinite or NaN, it keeps everything.
    """
    sizes = select(EvidenceRow.id, func.length(EvidenceRow.crop)).where(EvidenceRow.crop.is_not(None))
    total = 0
    gone = []
    for number, size in session.execute(sizes.order_by(EvidenceRow.id.desc())):
        total += size
        if total > max_bytes:
            gone.append(number)
    if gone:  # the newest of them goes, and all that are older
        old = EvidenceRow.id <= gone[0]
        session.execute(update(EvidenceRow).where(old).values(crop=None))
    return len(gone)


def _evidence(session: Session, sighting: int, look: NewEvidence) -> EvidenceRow:
    likeness = look.likeness
    decision = look.decision
    return EvidenceRow(
        sighting_id=sighting,
        track=look.track,
        time=look.time,
        quality=float(look.quality),
        eyes=float(look.eyes),
        person_id=_known(session, likeness.who),
        similarity=likeness.similarity,
        other_id=_known(session, likeness.other),
        other_similarity=likeness.other_similarity,
        gathered=decision.gathered,
        threshold=decision.threshold,
        agreed=decision.agreed,
        state=decision.state,
        liveness=look.liveness,
        digest=look.digest,
        embedding=as_stored(look.embedding),
        crop=look.crop,
    )


def _known(session: Session, person: int | None) -> int | None:
    """Nobody, where they were erased a moment ago."""
    return None if person is None or session.get(PersonRow, person) is None else person
