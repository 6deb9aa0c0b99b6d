"""Pictures that were held up on their way, and come all at once."""

SILENCE = 0.5  # seconds without a picture, after which those that come may have been held up
LATE = 0.5  # seconds by which a picture may come later than those before the silence
CATCH_UP = 3.0  # seconds in which what was held up must have come


class Backlog:
    """Tells pictures that were held up from those that have just been made, by the times that the camera gave them."""

    def __init__(self) -> None:
        self._arrived: float | None = None
        self._delay = 0.0  # from the camera's time to ours, of the last picture that was not held up
        self._since: float | None = None

    def holds(self, made: float, arrived: float) -> bool:
        """Whether this picture was held up.

        Args:
            made: when it was made, in seconds of the camera's own clock.
            arrived: when it came, in seconds of ours.
        """
        silent = self._arrived is not None and arrived - self._arrived > SILENCE
        self._arrived = arrived
        if silent and self._since is None:
            self._since = arrived
        if self._since is not None and arrived - made > self._delay + LATE:
            return True
        self._since, self._delay = None, arrived - made
        return False

    def is_hopeless(self) -> bool:
        """Whether they have come late for so long that only a new connection will bring them up to date."""
        return self._since is not None and self._arrived is not None and self._arrived - self._since > CATCH_UP
