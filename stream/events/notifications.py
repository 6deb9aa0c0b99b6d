"""Events as notifications, by any service that Apprise knows: on a telephone, by mail, in a chat."""

import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from db import Event
from db.events.outbox import Outbox
from stream.errors import StreamError
from stream.events.sending import NotTakenError, Sender

if TYPE_CHECKING:
    from apprise import Apprise

LIMIT = 100  # notifications that wait: nobody wants a thousand of them when a telephone is found again
WORRYING = {"camera_lost": "warning", "camera_back": "success"}


class Notifications(Sender):
    """Sends events to one service.

    Args:
        url: as Apprise writes it, like tgram://TOKEN/CHAT; whatever stands behind the scheme may be a secret.
        outbox, chance: as of `Sender`.

    Raises:
        StreamError: the URL cannot be used, or the extra `notify` is not installed.
    """

    def __init__(self, url: str, outbox: Outbox, chance: Callable[[], float] = random.random) -> None:
        scheme = url.partition("://")[0]
        super().__init__(f"{scheme}://…", outbox, chance)
        self._service = _service(url)

    def _send(self, event: Event) -> None:
        kind = WORRYING.get(event.event, "info")
        if not self._service.notify(sentence(event), title="Doorman", notify_type=kind, body_format="text"):
            raise NotTakenError("takes no notification: check its address and credentials, and that it can be reached.")


def _service(url: str) -> "Apprise":
    try:
        from apprise import Apprise, AppriseAsset
    except ModuleNotFoundError as error:
        raise StreamError("Notifications need Apprise: install the extra with `pip install -e '.[notify]'`.") from error
    logging.getLogger("apprise").disabled = True  # it logs parts of addresses; what matters is told by `Sender`
    service = Apprise(asset=AppriseAsset(app_id="Doorman", app_desc="Doorman", storage_mode="memory"))
    if "://" not in url or not service.add(url) or len(service) != 1:
        raise StreamError(
            "An address for notifications cannot be used: write it as Apprise does, like tgram://TOKEN/CHAT or "
            "mailto://user:password@host, with a space between two of them."
        )
    return service


def sentence(event: Event) -> str:
    """What an event tells, in local time, which is told because some notifications come late."""
    who = event.name or "Somebody unknown"
    what = {
        "entered": f"{who} came to {event.camera}",
        "named": f"{event.camera} sees {event.name or 'somebody unknown after all'}",
        "left": f"{who} left {event.camera}",
        "camera_lost": f"{event.camera} is lost",
        "camera_back": f"{event.camera} is back",
    }[event.event]
    reason = f" ({event.reason.rstrip('.')})" if event.reason else ""
    return f"{what}{reason}, {event.time.astimezone():%H:%M:%S on %d %B %Y}."
