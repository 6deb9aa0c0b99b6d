"""Outages of somebody far away, who takes no events for a while."""

import logging


class Outage:
    """Logs a problem once, not at every try, and when it is over.

    Args:
        whose: who has it; begins the sentence that is logged.

    Attributes:
        problem: the rest of the sentence; None while all is well.
    """

    def __init__(self, whose: str, log: logging.Logger) -> None:
        self._whose = whose
        self._log = log
        self.problem: str | None = None

    def is_now(self, problem: str | None, is_brief: bool = False) -> None:
        """What is wrong, as the rest of the sentence; None where nothing is any more.

        Args:
            is_brief: whether the first try after the problem went well: that is not worth a line of its own.
        """
        if problem != self.problem:
            self.problem = problem
            if problem is not None or not is_brief:
                self._log.warning("%s %s", self._whose, problem or "takes events again.")
