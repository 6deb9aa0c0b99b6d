"""Whom a form lets one choose from."""

from web.paging import MOST
from web.parts import people


def names() -> list[str]:
    """Those who may be meant."""
    return people().names(MOST)
