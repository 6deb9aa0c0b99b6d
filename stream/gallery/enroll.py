"""Enrolment: which pictures of a person are taken into the gallery, and why the others are not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from db import Database, DatabaseError, Match, NewSample, SearchIndex, UnknownPersonError
from db.names import clean_name, name_key
from models.analysis import Analyzer, Face
from models.embedder import Embedder
from models.errors import ModelError, PictureError
from models.images import Upload, read_image, to_jpeg
from models.scores import person_scores
from stream.frame import Frame
from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.portrait import only_face

Floats = NDArray[np.float32]
From = TypeVar("From")  # where a face is from

EQUAL = 0.97  # cosine of two pictures that tell no more than one of them: of two people there are none


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one picture.

    Attributes:
        source: the picture's path, or the camera's name.
        refused: why it was not enrolled, or None when it was.
        doubted: whether that is its similarity alone, so that `force` enrols it all the same.
        forced: whether it was enrolled although its similarity spoke against it.
        already: whether it had been enrolled before.
        like: somebody else whom it is like enough to be taken for.
        chosen: which face of the picture it is, where others come near it in size.
    """

    name: str
    source: str
    refused: str | None = None
    doubted: bool = False
    forced: bool = False
    already: bool = False
    like: str | None = None
    chosen: str | None = None


class Enroller:
    """Takes faces into the gallery.

    Args:
        thresholds: asked for each face, since some grow with the gallery.
        index: the database's gallery, where it is loaded already.
    """

    def __init__(
        self,
        database: Database,
        analyzer: Analyzer,
        thresholds: Callable[[], Thresholds],
        index: SearchIndex | None = None,
    ) -> None:
        self.database = database
        self.embedder = analyzer.embedder
        self._analyzer = analyzer
        self._thresholds = thresholds
        self._index = index or SearchIndex(database, self.embedder.digest, person_scores)

    def pictures(self, name: str, pictures: Sequence[Path | Upload], force: bool = False) -> list[Verdict]:
        """Enrol pictures of one person; a verdict for each, in their order.

        The most typical pictures go first, so that one of somebody else meets the others and not the other way round.

        Args:
            force: enrol also what only its similarity speaks against.

        Raises:
            DatabaseError: the gallery cannot take it.
        """
        try:
            clean_name(name)
        except DatabaseError as error:
            return [Verdict(name, str(picture), str(error)) for picture in pictures]
        verdicts = dict[int, Verdict]()  # by the pictures' places, since one may be given twice
        chosen = dict[int, str | None]()
        faces = list[tuple[int, Face]]()
        for place, picture in enumerate(pictures):
            try:
                face, chosen[place] = self._only_face(read_image(picture))
                faces.append((place, face))
            except ModelError as error:
                verdicts[place] = Verdict(name, str(picture), str(error))
        for place, face in _most_typical_first(faces):
            source = str(pictures[place])
            if face.embedding is not None and self._index.has(name, face.embedding):
                verdicts[place] = Verdict(name, source, already=True)
            else:
                verdicts[place] = replace(self.face(name, face, source, force), chosen=chosen[place])
        return [verdicts[place] for place in range(len(pictures))]

    def everybody(self, people: Mapping[str, Sequence[Path | Upload]], force: bool = False) -> Iterator[Verdict]:
        """Enrol the pictures of several people; the verdicts as they come, see `pictures`."""
        for name, pictures in people.items():
            yield from self.pictures(name, pictures, force)

    def look(self, name: str, frame: Frame, force: bool = False) -> Verdict:
        """Enrol the only face of a camera's picture, if it is good enough."""
        try:
            face, chosen = self._only_face(frame.image)
        except PictureError as error:
            return Verdict(name, frame.camera, str(error))
        return replace(self.face(name, face, frame.camera, force), chosen=chosen)

    def _only_face(self, image: NDArray[np.uint8]) -> tuple[Face, str | None]:
        return only_face(self._analyzer.faces(image, flip=True, main=True))

    def face(self, name: str, face: Face, source: str, force: bool = False) -> Verdict:
        """Enrol one good face: with its crop, embedding and quality, or not at all."""
        verdict, sample = self._judged(name, face, source, force)
        if sample is not None:
            self.database.add_samples(name, [sample])
        return verdict

    def samples(
        self, name: str, faces: Sequence[tuple[str, Face]], force: bool = False
    ) -> tuple[list[Verdict], list[NewSample]]:
        """What would be enrolled of a person's good faces by the same rules, most typical first; nothing is written.

        Args:
            faces: each with where it is from.
        """
        verdicts = list[Verdict]()
        samples = list[NewSample]()
        for source, face in _most_typical_first(faces):
            verdict, sample = self._judged(name, face, source, force, [one.embedding for one in samples])
            verdicts.append(verdict)
            samples += [] if sample is None else [sample]
        return verdicts, samples

    def _judged(
        self, name: str, face: Face, source: str, force: bool, beside: Sequence[Floats] = ()
    ) -> tuple[Verdict, NewSample | None]:
        """What becomes of a good face, and the sample to enrol, if it is one.

        Args:
            beside: what is to be enrolled of the person at the same time.
        """
        assert face.embedding is not None
        assert face.crop is not None
        doubt, like = self._compared(name, face.embedding, beside)
        if doubt and not force:
            return Verdict(name, source, doubt, doubted=True, like=like.person.name if like else None), None
        sample = NewSample(
            face.embedding,
            self.embedder.digest,
            face.quality,
            source,
            to_jpeg(face.crop),
            forced=doubt is not None,
            like=like.person.id if like else None,
        )
        return Verdict(name, source, forced=sample.forced, like=like.person.name if like else None), sample

    def _compared(self, name: str, embedding: Floats, beside: Sequence[Floats] = ()) -> tuple[str | None, Match | None]:
        """What the similarities to all who are enrolled say against its being that person's; and who else is like it.

        Strangers are alike now and then, the more often the more people there are: that alone refuses nobody. But
        whose other pictures are unlike it may have this very picture, by a mistake of before.
        """
        thresholds = self._thresholds()
        own = self._own(name, embedding)
        others = self._index.search(embedding[None], top=2)[0]
        other = next((match for match in others if own is None or match.person.id != own.person.id), None)
        to_own = [own.similarity] if own else []
        if beside:
            to_own += person_scores(embedding[None] @ np.stack(beside).T, np.zeros(1, np.intp))[0].tolist()
        like = other if other and other.similarity >= max(thresholds.named, *to_own, -1.0) else None
        if like and like.similarity >= thresholds.sure:
            return f"looks like {like.person.name} (similarity {like.similarity:.2f})", like
        owners = self._index.owners(embedding, EQUAL)
        if taken := next((one.name for one in owners if name_key(one.name) != name_key(name)), None):
            return f"is a picture of {taken} already: if that is wrong, `doorman people drop` it there first", like
        if to_own and max(to_own) < thresholds.unlike:
            return f"unlike the other pictures of {name} (similarity {max(to_own):.2f})", like
        return None, like

    def _own(self, name: str, embedding: Floats) -> Match | None:
        """How similar a face is to whoever has that name already."""
        try:
            person = self.database.person(name)
        except UnknownPersonError:
            return None
        return self._index.match(person.id, embedding)


def faces_of(embedder: Embedder, crops: Sequence[tuple[NDArray[np.uint8], float]]) -> list[Face]:
    """Faces of aligned crops (112, 112, 3) with their qualities, embedded with their mirror images, as all are."""
    if not crops:
        return []
    vectors = embedder.embed(np.stack([crop for crop, _ in crops]), flip=True)
    nowhere = np.zeros(4, np.float32)
    return [
        Face(nowhere, 1.0, None, crop, vector, quality, None)
        for (crop, quality), vector in zip(crops, vectors, strict=True)
    ]


def _most_typical_first(faces: Sequence[tuple[From, Face]]) -> list[tuple[From, Face]]:
    if not faces:
        return []
    embeddings = np.stack([face.embedding for _, face in faces if face.embedding is not None])
    typical = embeddings @ embeddings.sum(axis=0)
    return [faces[i] for i in np.argsort(-typical, kind="stable")]
