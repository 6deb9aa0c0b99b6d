"""Whose pictures lie where: people are told by the names of files and folders."""

from pathlib import Path

from models.files import in_order, is_litter
from models.images import is_picture, pictures_in
from stream.errors import StreamError
from stream.files import exists


def pictures_of(path: Path, name: str | None = None) -> dict[str, list[Path]]:
    """Whose pictures lie at a path: one picture, a folder of `NAME.jpg`, or one of `NAME/<pictures>`, however deep.

    With a name, every picture there is that person's.

    Raises:
        StreamError: nothing is there, or no picture is in it.
    """
    if not exists(path):
        raise StreamError(f"There is no picture or folder {path}: check the path.")
    if not path.is_dir():
        return {name or path.stem: [path]}
    found: dict[str, list[Path]] = {}
    for entry in in_order(path.iterdir()):
        if is_litter(entry.name):
            continue
        if entry.is_dir():
            found.setdefault(name or entry.name, []).extend(pictures_in(entry))
        elif is_picture(entry):
            found.setdefault(name or entry.stem, []).append(entry)
    found = {who: pictures for who, pictures in found.items() if pictures}
    if not found:
        raise StreamError(
            f"{path} holds no pictures: name them NAME.jpg, or put each person's into a folder of that name."
        )
    return found
