"""What can go wrong between a picture and its faces."""


class ModelError(Exception):
    """A network or its input cannot be used; the message names the cause and the remedy."""


class PictureError(ModelError):
    """A picture cannot be read."""


class NoPictureError(PictureError):
    """There is no such picture, or not any more."""


def without_extra(name: str) -> str:
    """The remedy where an extra is missing that the container image leaves out, too; the end of a sentence."""
    return f"install the extra with `pip install -e '.[{name}]'`; for a container, the Dockerfile says how."
