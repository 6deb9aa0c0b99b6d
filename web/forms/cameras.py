"""Before which cameras a form lets one ask who was seen."""

from typing import Any

from db.sightings.sightings import cameras_of_late, mistaken_camera
from stream.service.pages import Page
from web.parts import people


def cameras() -> list[str]:
    """Those that may be meant."""
    return cameras_of_late(people().database)


def mistaken(found: Page[Any], camera: str | None) -> str | None:
    """Where nothing is found: that no camera has this name, as a sentence."""
    return mistaken_camera(people().database, camera) if camera and not found.total else None
