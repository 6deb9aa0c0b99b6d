"""Before which cameras a form lets one ask who was seen."""

from typing import Any

from db.sightings.sightings import cameras_of_late, mistaken_camera
from stream.service.pages import Page
from web.parts import people


def camera_choice(found: Page[Any], refused: str | None, camera: str | None) -> dict[str, Any]:
    """What `filters.html` shows of cameras: those that may be meant, and whether there is none of the one asked for.

    Args:
        found, refused: as `searched` gives them; only where nothing is found, a name is looked at.
    """
    database = people().database
    return {
        "cameras": cameras_of_late(database),
        "mistaken": mistaken_camera(database, camera) if camera and not (refused or found.total) else None,
    }
