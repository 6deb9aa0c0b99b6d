"""Tables of what commands have done."""

import pytest
from rich.console import Console

from stream.cli.shown import tables
from stream.gallery.enroll import Verdict

WHICH = "of 2 faces the one of 100 px at 50, 50"
UNLIKE = "unlike the other pictures of Ada (similarity 0.10)"
REMEDY = "; `--force` enrols it all the same"


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict("Ada", "a.jpg"), "enrolled"),
        (Verdict("Ada", "a.jpg", already=True), "already enrolled"),
        (
            Verdict("Ada", "a.jpg", forced=True, like="Bob", chosen=WHICH),
            f"enrolled, {WHICH}, though like Bob (forced)",
        ),
        (Verdict("Ada", "a.jpg", "no face found"), "refused: no face found"),
        (Verdict("Ada", "a.jpg", UNLIKE, doubted=True), f"refused: {UNLIKE}{REMEDY}"),
        (
            Verdict("Ada", "a.jpg", UNLIKE, doubted=True, like="Bob", chosen=WHICH),
            f"refused: {UNLIKE}{REMEDY} ({WHICH})",
        ),
    ],
)
def test_what_became_of_a_picture_is_a_sentence_and_which_face_was_looked_at_no_part_of_the_remedy(verdict, told):
    console = Console(width=200)
    with console.capture() as shown:
        console.print(tables.verdicts([verdict]))
    assert f"│ {told} " in shown.get()


def test_no_remedy_is_told_that_the_command_does_not_have():
    console = Console(width=200)
    with console.capture() as shown:
        console.print(tables.verdicts([Verdict("Ada", "a.jpg", UNLIKE, doubted=True)], force=False))
    assert UNLIKE in shown.get()
    assert "--force" not in shown.get()
