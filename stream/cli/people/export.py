"""All that is known of a person, carried from one database to another."""

from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path
from typer import Argument, Option

from db import Database
from db.people.exported import CropEmbedder, read_export
from db.text.wording import how_many
from stream.cli.options import Db, EmbedderName
from stream.cli.terminal import say

SNAPSHOTS = user_data_path("doorman", appauthor=False) / "snapshots"

app = typer.Typer()


@app.command()
def export(db: Db, name: str, folder: Path) -> None:
    """Write all that is known of a person into a folder.

    Example: doorman people export Ada backup/
    """
    with Database.open_to_read(db) as database:
        say(f"Written to {database.export(name, folder)}")


@app.command("import")
def import_person(
    db: Db,
    folder: Annotated[Path, Argument(help="What `people export` has written.")],
    reembed: Annotated[
        bool, Option("--reembed", help="Embed the pictures anew, as a gallery of another embedder needs it.")
    ] = False,
    snapshots: Annotated[Path, Option(help="Folder for the pictures of the sightings.")] = SNAPSHOTS,
    embedder: EmbedderName = None,
) -> None:
    """Take an exported person back, into whoever has that name.

    Example: doorman people import backup/Ada-1
    """
    with Database.open(db) as database:
        exported = read_export(folder, _embedder_of_crops(database, embedder) if reembed else None)
        person = database.add_exported(exported, snapshots)
    say(f"{person.name} now has {how_many(person.samples, 'picture')}.")


def _embedder_of_crops(database: Database, wished: str | None) -> CropEmbedder:
    from stream.gallery.embedder import embedder_of  # slow to import, as the next, and seldom needed
    from stream.tools.reembed import embedder_of_crops

    return embedder_of_crops(embedder_of(database, wished))
