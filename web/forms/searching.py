"""Searches by forms in addresses: one that asks for what there is not has its sentence beside the form."""

from collections.abc import Callable
from typing import TypeVar

from werkzeug.exceptions import BadRequest

from db import DatabaseError
from stream.service.pages import Page
from web.problems import sentence_of

Item = TypeVar("Item")


def searched(search: Callable[[], Page[Item]]) -> tuple[Page[Item], str | None]:
    """What a search finds; nothing, and why, where a name is nobody's, or a day is none."""
    try:
        return search(), None
    except (BadRequest, DatabaseError) as error:
        return Page([], 0, 0), sentence_of(error)
