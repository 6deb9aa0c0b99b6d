"""Watching: from sources over the pipeline to sinks. As a library, begin with `Recognizer`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import models  # noqa: F401 - before anybody imports ONNX Runtime, which would report it

if TYPE_CHECKING:
    from stream.frame import Frame, View
    from stream.recognizer import Recognizer
    from stream.sources.source import open_source

__all__ = ["Frame", "Recognizer", "View", "open_source"]

PLACES = {"Frame": "frame", "Recognizer": "recognizer", "View": "frame", "open_source": "sources.source"}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and no more: much of the package needs no network."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
