"""Grouping, measured: which tracks are one stranger's? By the way of `watch --keep-unknown`, with a database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db import Database, SightingWriter
from db.unknowns.records import Floats, NewLook, NewStay
from db.unknowns.unknowns import Unknowns
from models.manifest import ModelEntry
from stream.unknowns.grouping import summary
from stream.unknowns.joining import Joining
from stream.unknowns.tidying import tidy_up_by

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CROPS = 3  # a track
PEOPLE = (10, 30, 100)

Ids = NDArray[np.int64]


def measure(entry: ModelEntry, vectors: Floats, people: Ids, videos: Ids | None = None) -> dict[str, Any]:
    """BCubed figures of tracks in random order, by number of people, before and after a tidy-up.

    Args:
        entry: of the embedder that made the vectors (N, 512), each of one crop.
        people: (N,) whose each is.
        videos: (N,) from which video each is, which are the tracks; None: each track is of three crops at random.
    """
    everyone = np.random.default_rng(0).permutation(np.unique(people))
    figures = {}
    for count in sorted({min(count, len(everyone)) for count in PEOPLE}):
        chosen = everyone[:count]
        rows = crops_by_three(people, chosen) if videos is None else crops_by_video(people, videos, chosen)
        tracks = [vectors[own] for own in rows]
        owners = np.array([people[own[0]] for own in rows])
        at_once, tidied = grouped(entry, tracks)
        figures[str(count)] = {
            "tracks": len(owners),
            "at_once": told(at_once, owners),
            "after_tidy_up": told(tidied, owners),
            "flipped": flipped(at_once, tidied),
        }
    return figures


def grouped(entry: ModelEntry, tracks: Sequence[Floats]) -> tuple[Ids, Ids]:
    """The groups (T,) of tracks, each (looks, 512), written one after the other, at once and after a tidy-up."""
    joining = Joining(entry)
    with Database.open("sqlite://") as database:
        with SightingWriter(database) as writer:
            for number, looks in enumerate(tracks):
                key = writer.open("camera", BEGIN + timedelta(minutes=number))
                writer.keep(key, BEGIN + timedelta(minutes=number), _stay(entry, looks), joining.place)
        at_once = Unknowns(database).faces(entry.sha256).owners
        tidy_up_by(database, entry.sha256, joining)
        return at_once, Unknowns(database).faces(entry.sha256).owners


def _stay(entry: ModelEntry, looks: Floats) -> NewStay:
    kept = tuple(NewLook(look, 1.0, b"no picture") for look in looks)
    return NewStay(entry.sha256, summary(looks, np.ones(len(looks), np.float32)), kept, None)


def crops_by_three(people: Ids, persons: Ids) -> list[Ids]:
    """Tracks of three crops of some people, in random order, as the crops' rows; none is used twice."""
    random = np.random.default_rng(0)
    rows = []
    for person in persons:
        own = random.permutation(np.flatnonzero(people == person))
        rows.append(own[: len(own) // CROPS * CROPS].reshape(-1, CROPS))
    return list(random.permutation(np.concatenate(rows)))


def crops_by_video(people: Ids, videos: Ids, persons: Ids) -> list[Ids]:
    """The videos of some people, in random order, as the rows of their frames."""
    own = np.unique(videos[np.isin(people, persons)])
    return [np.flatnonzero(videos == video) for video in np.random.default_rng(0).permutation(own)]


def told(groups: Ids, people: Ids) -> dict[str, float]:
    """The figures of groups (T,)."""
    precision, recall = bcubed(groups, people)
    each = len(np.unique(np.stack([groups, people]), axis=1).T) / len(np.unique(people))
    return {"precision": precision, "recall": recall, "groups": len(np.unique(groups)), "groups_a_person": each}


def bcubed(groups: Ids, people: Ids) -> tuple[float, float]:
    """BCubed precision and recall (Bagga and Baldwin 1998; Amigo et al. 2009).

    Args:
        groups, people: (T,) of each track, which group it is in, and whose it is.
    """
    _, group = np.unique(groups, return_inverse=True)
    _, person = np.unique(people, return_inverse=True)
    _, where, together = np.unique(np.stack([group, person]), axis=1, return_inverse=True, return_counts=True)
    shared = together[where.ravel()]
    precision, recall = shared / np.bincount(group)[group], shared / np.bincount(person)[person]
    return float(precision.mean()), float(recall.mean())


def flipped(before: Ids, after: Ids) -> int:
    """How many tracks have changed their group other than by a merge of whole groups."""
    return sum(
        int((after[before == group] != np.bincount(after[before == group]).argmax()).sum())
        for group in np.unique(before)
    )
