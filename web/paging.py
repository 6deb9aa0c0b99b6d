"""Long lists, a page at a time."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

MOST = 500
EVERYTHING = 2**53


@dataclass(frozen=True, slots=True)
class Pages:
    """Links to the neighbouring pages of a list; None where there is none."""

    earlier: str | None
    later: str | None


def asked(usual: int, most: int = MOST) -> tuple[int, int]:
    """How many, and after how many others, by the address' `limit` and `offset`; what is no number counts as usual."""
    limit = request.args.get("limit", usual, int)
    offset = request.args.get("offset", 0, int)
    return min(max(1, limit), most), min(max(0, offset), EVERYTHING)


def asked_of_api() -> tuple[int, int]:
    """The same of a list for programs: a CSV file is whole, unless so many are asked for."""
    return asked(EVERYTHING, EVERYTHING) if request.args.get("format") == "csv" else asked(100)


def pages(total: int, limit: int, offset: int) -> Pages:
    """The neighbours of the page that was asked for."""

    def link(start: int) -> str:
        arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {})}
        arguments.pop("chosen", None)  # that is of the page that is seen
        return url_for(request.endpoint or "home", **{**arguments, "limit": limit, "offset": start})

    return Pages(
        link(max(0, offset - limit)) if offset > 0 else None, link(offset + limit) if offset + limit < total else None
    )
