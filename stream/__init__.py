"""Watching: from sources over the pipeline to sinks. As a library, begin with `Recognizer`."""

from stream.frame import Frame, View
from stream.recognizer import Recognizer
from stream.sources.source import open_source

__all__ = ["Frame", "Recognizer", "View", "open_source"]
