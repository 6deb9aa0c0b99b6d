"""The demonstration, `make demo`: enrol a man from one picture of a clip, watch the clip, see who is named.

With `--live` the clip plays as a camera would, in a window where there is a display.
"""

from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from models.images import to_jpeg
from stream.cli.shown import tables
from stream.cli.shown.progress import ProgressBar
from stream.cli.terminal import say, show_table
from stream.files import write_whole
from stream.recognizer import Recognizer
from stream.service.watch.session import WatchSession
from stream.service.watch.sinks import sinks_for
from stream.sinks.contact_sheet import ContactSheet
from stream.sources.source import open_source
from stream.watching.feed import Feed

CLIP = Path(__file__).parents[2] / "tests/media/hamilton.mp4"
NAME = "Lin-Manuel Miranda"
FRAME = 136  # he faces the camera


def main(
    folder: Annotated[Path, typer.Argument(help="Where the results go.")] = Path("demo-output"),
    live: Annotated[bool, typer.Option("--live", help="Play the clip as a camera would.")] = False,
) -> None:
    """Enrol one person from a picture cut out of the demo clip, then watch the clip."""
    portrait = folder / f"{NAME}.jpg"
    video = folder / "labelled.mp4"
    sheet = folder / "contact-sheet.png"
    write_whole(portrait, to_jpeg(cut_out(CLIP)))
    with Recognizer.open("sqlite://") as recognizer:  # in memory: every demonstration begins with nobody enrolled
        say(f"1. Enrolling {NAME} from one picture, {portrait}, cut out of {CLIP.name}:")
        show_table(tables.verdicts(recognizer.enroll(NAME, [portrait])))
        say("2. Watching the clip" + (" as a camera ..." if live else " ..."))
        started = datetime.now(UTC)
        source = open_source(str(CLIP), realtime=live)
        videos = {source.name: video}
        sinks = sinks_for([source], videos, None, None, folder, recognizer)
        WatchSession(recognizer, [Feed(source)]).run([*sinks, ContactSheet(sheet), ProgressBar([source])])
        say("3. Who was seen:")
        show_table(tables.sightings(recognizer.database.sightings_of_run(started)))
    say(f"The labelled video is {video}, one picture of each shot is in {sheet}.")


def cut_out(clip: Path) -> NDArray[np.uint8]:
    """The picture to enrol: one frame, with nobody else in it."""
    with closing(open_source(str(clip))) as source:
        return next(islice(source, FRAME, None)).image


if __name__ == "__main__":
    typer.run(main)
