"""The files of a folder as people mean them: in the order of their numbers, without what systems put there."""

import os
from collections.abc import Iterable
from pathlib import Path

# What systems and servers put beside people's files: thumbnails, waste, and the halves of files that macOS keeps apart.
LITTER = frozenset({"__MACOSX", "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN", "lost+found"})


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name was not put there by people: it is hidden, or one that systems make."""
    return name.startswith(".") or name in LITTER


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Paths by name, numbers by their value: IMG_2 before IMG_10."""
    from natsort import natsorted, ns  # takes a while to load, and most commands need no folder

    return natsorted(paths, alg=ns.PATH)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and of all folders in it, in order, without litter.

    Links to other folders are not followed, since they may lead back.
    """
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_litter(name)]
        found += [Path(place, name) for name in files if not is_litter(name)]
    return in_order(found)
