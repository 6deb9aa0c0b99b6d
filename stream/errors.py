"""What can go wrong between a source and a sink."""


class StreamError(Exception):
    """A source cannot be read or a sink cannot be written; the message names the cause and the remedy."""


class SourceError(StreamError):
    """A source cannot be opened, or gives no pictures."""


class UnknownCameraError(StreamError):
    """No camera has this name, or none any more."""


class CameraError(SourceError):
    """A camera cannot be reached now; later it may be."""


class UnreadableError(CameraError):
    """A camera answers, but with nothing that can be read as it was tried."""


class DeniedError(CameraError):
    """A camera wants other credentials, or is not trusted with them: somebody has to do something."""
