"""Enrolment before a camera, with advice for whoever stands there."""

from collections.abc import Callable, Iterable, Iterator

from stream.errors import StreamError
from stream.frame import Frame
from stream.gallery.enroll import Enroller, Verdict

PAUSE = 1.0  # seconds from one look to the next
ADVICE = (
    "look straight at the camera",
    "turn your head a little to the left",
    "a little to the right",
    "smile",
    "chin up",
)


def from_camera(
    enroller: Enroller,
    name: str,
    frames: Iterable[Frame],
    tell: Callable[[str], None],
    force: bool = False,
) -> Iterator[Verdict]:
    """Enrol somebody who stands before a camera: one good look for each piece of advice.

    Each is enrolled when it is yielded, and stays so if the frames end early.

    Args:
        tell: says to the person what to do, or why the last look was refused.
        force: enrol also what only its similarity speaks against.

    Raises:
        StreamError: the frames end before the first good look.
        DatabaseError: the gallery cannot take it.
    """
    taken = 0
    next_look = 0.0
    told = None
    for frame in frames:
        if told is None:  # only now: a camera may take its time, or not be there
            told = ADVICE[0]
            tell(told)
            next_look = frame.t + PAUSE
        if frame.t < next_look:
            continue
        verdict = enroller.look(name, frame, force)
        if verdict.refused:
            reason = verdict.refused + ("; `--force` enrols it all the same" if verdict.doubted else "")
            if reason != told:  # once, however long nobody stands there
                told = reason
                tell(told)
            next_look = frame.t + PAUSE / 2
            continue
        yield verdict
        taken += 1
        next_look = frame.t + PAUSE
        if taken == len(ADVICE):
            return
        told = ADVICE[taken]
        tell(told)
    if not taken:
        raise StreamError(
            f"{name} is not enrolled, since the source ended before a good look: "
            "put right what was told of the others, or let it run for longer."
        )
