"""What the handlers work with, passed in once and found through the application that answers."""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import cast

from flask import abort, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from models.analysis import Face
from stream.service.corrections import Corrections
from stream.service.evidence import Why
from stream.service.people import People
from stream.service.recognition import Recognition
from stream.service.service import Service
from stream.service.setup.cameras import Cameras, Tried
from stream.service.setup.onvif import Stream
from stream.service.unknowns import UnknownFaces
from stream.service.visits import Visits
from stream.service.watch.showing import Showing, ShownPicture
from web.access.access import Access
from web.uploads import Held

KEY = "doorman"
MOST_STREAMS = 8

limiter = Limiter(get_remote_address, storage_uri="memory://")


@dataclass(frozen=True, slots=True)
class Parts:
    """The service, who may use it, and the faces that were just looked at.

    Attributes:
        held: the faces of pictures that were just looked at.
        tried: the cameras that were just tried, with their passwords, which no page holds.
        found: likewise the pictures that cameras have told of.
        is_open: whether nobody is asked who they are, as it was when the pages began to be served: it must not come
            true for others beyond this machine when the last token is taken away.
    """

    service: Service
    access: Access
    is_open: bool
    held: Held[Face] = field(default_factory=Held)
    tried: Held[Tried] = field(default_factory=Held)
    found: Held[Stream] = field(default_factory=Held)
    streams: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_STREAMS))


def people() -> People:
    """Who is enrolled and who was seen."""
    return _parts().service.people


def corrections() -> Corrections:
    """What was decided by hand."""
    return _parts().service.corrections


def unknowns() -> UnknownFaces:
    """Strangers who are kept."""
    return _parts().service.unknowns


def visits() -> Visits:
    """Who came."""
    return _parts().service.visits


def why() -> Why:
    """Why somebody was named, or was not."""
    return _parts().service.why


def recognition() -> Recognition:
    """What needs the networks."""
    return _parts().service.recognition


def session() -> Showing | None:
    """The watch that runs, if one does."""
    return _parts().service.session


def running() -> Showing:
    """The watch that runs.

    Raises:
        HTTPException: none does.
    """
    watch = session()
    if watch is None:
        abort(404, "No camera is watched: start Doorman as `doorman watch SOURCE --web 8765`.")
    return watch


def newest(camera: str) -> ShownPicture:
    """The newest picture of a camera.

    Raises:
        HTTPException: there is none.
        UnknownCameraError: there is no camera of this name.
    """
    watch = session()
    picture = None if watch is None else watch.newest(camera)
    if picture is None:
        abort(404, f"No picture of a camera called {camera} is there: watch it, or wait a moment.")
    return picture


def access() -> Access:
    """The password and the tokens."""
    return _parts().access


def is_open() -> bool:
    """Whether nobody is asked who they are."""
    return _parts().is_open


def held() -> Held[Face]:
    """The faces that were just looked at."""
    return _parts().held


def streams() -> BoundedSemaphore:
    """Places for answers without an end."""
    return _parts().streams


def cameras() -> Cameras:
    """The cameras of the watch, changed and kept."""
    return _parts().service.cameras


def tried() -> Held[Tried]:
    """The cameras that were just tried."""
    return _parts().tried


def found() -> Held[Stream]:
    """The pictures that cameras have just told of."""
    return _parts().found


def _parts() -> Parts:
    return cast(Parts, current_app.extensions[KEY])
