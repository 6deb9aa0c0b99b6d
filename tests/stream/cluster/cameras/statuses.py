"""How a camera is that all is well with."""

from datetime import UTC, datetime

from stream.monitoring.status import CameraStatus
from stream.sources.cameras.state import State

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
DOOR = CameraStatus("door", State.LIVE, 25.0, 5.0, 0.1, None, (640, 360), 2, 1, ("Ada",), True, 250, 7, 1)
