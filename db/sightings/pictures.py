"""The pictures of sightings within one transaction: which are to be written once it is kept, and which go."""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from db.records import NewSnapshot
from db.schema.tables import SightingRow
from db.sightings.snapshots import erase_snapshots


class Pictures:
    """Gives sightings their pictures.

    Attributes:
        new: those to write once the transaction is kept, by their paths, with the ids of their sightings.
    """

    def __init__(self, session: Session) -> None:
        self.new: dict[str, tuple[int, NewSnapshot]] = {}
        self._session = session

    def replace(self, sighting: SightingRow, picture: NewSnapshot) -> None:
        """Give a sighting this picture in place of the one that it has."""
        replaced = sighting.snapshot
        sighting.snapshot = picture.path
        self.new[picture.path] = sighting.id, picture
        if replaced != picture.path:
            self.erase({replaced})

    def keep_best(self, kept: SightingRow, united: Collection[SightingRow]) -> None:
        """Of the pictures of sightings that become one, `kept`, keep that of the most similar."""
        best = max(united, key=lambda each: (each.snapshot is not None, each.similarity or -1.0)).snapshot
        unused = {each.snapshot for each in united} - {best}
        kept.snapshot = best
        if best in self.new:
            _, picture = self.new[best]
            self.new[best] = kept.id, picture
        self.erase(unused)

    def erase(self, paths: Iterable[str | None]) -> None:
        """Let these pictures go, written or not.

        Raises:
            DatabaseError: a file cannot be deleted.
        """
        known = [path for path in paths if path is not None]
        for path in known:
            self.new.pop(path, None)
        erase_snapshots(self._session, known)
