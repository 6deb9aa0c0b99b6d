"""What can go wrong between a picture and its faces."""


class ModelError(Exception):
    """A network or its input cannot be used; the message names the cause and the remedy."""


class PictureError(ModelError):
    """A picture cannot be read."""


class NoPictureError(PictureError):
    """There is no such picture, or not any more."""
