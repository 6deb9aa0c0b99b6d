"""Looks that are offered as further pictures of the person they show, within the transaction that stores the looks."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.evidence.records import NewEvidence
from db.schema.history import SuggestionRow
from db.schema.tables import SampleRow, SightingRow
from db.vectors import as_stored, from_stored, is_whole

NEW = 0.85  # cosine to a picture, or to what was offered, from which a look tells little that is new
MOST = 20  # that wait for an answer, of a person


def offer(session: Session, sighting: SightingRow, looks: Sequence[NewEvidence]) -> None:
    """Offer those looks of a named sighting that may be, and that are new, the best first."""
    if sighting.person_id is None:
        return
    for look in sorted(looks, key=lambda look: -look.quality):
        if look.offered is not None and look.likeness.who == sighting.person_id and _is_new(session, look):
            session.add(
                SuggestionRow(
                    person_id=sighting.person_id,
                    sighting_id=sighting.id,
                    quality=float(look.quality),
                    similarity=float(look.likeness.similarity or 0.0),
                    digest=look.digest,
                    refused=False,
                    embedding=as_stored(look.embedding),
                    crop=look.offered,
                )
            )
            session.flush()


def _is_new(session: Session, look: NewEvidence) -> bool:
    """Whether it is unlike what the person has, and was offered, and not too many wait."""
    own = SuggestionRow.person_id == look.likeness.who
    if session.scalars(select(func.count()).where(own, ~SuggestionRow.refused)).one() >= MOST:
        return False
    samples = select(SampleRow.embedding).where(SampleRow.person_id == look.likeness.who)
    offered = select(SuggestionRow.embedding).where(own, SuggestionRow.digest == look.digest)
    known = [*session.scalars(samples.where(SampleRow.digest == look.digest)), *session.scalars(offered)]
    return bool((from_stored(filter(is_whole, known)) @ look.embedding < NEW).all())
