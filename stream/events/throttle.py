"""Troubles with somebody far away, which come and go."""

import logging


class Trouble:
    """Logs a trouble once, not at every try, and when it is over.

    Args:
        whose: who has it; begins the sentence that is logged.

    Attributes:
        present: the rest of the sentence; None if there is no trouble.
    """

    def __init__(self, whose: str, log: logging.Logger) -> None:
        self._whose = whose
        self._log = log
        self.present: str | None = None

    def is_now(self, trouble: str | None) -> None:
        """The rest of the sentence; None if there is no trouble any more."""
        if trouble != self.present:
            self.present = trouble
            self._log.warning("%s %s", self._whose, trouble or "takes events again.")
