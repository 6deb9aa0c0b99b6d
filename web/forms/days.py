"""Days as forms have them, from whose first moment to whose last something is asked for."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort

from db.moments import midnight


def since(text: str) -> datetime | None:
    """The first moment of a day, in this machine's time zone; None where none is given.

    Raises:
        HTTPException: it is no day.
    """
    return None if not text else _begin(_day(text))


def until(text: str) -> datetime | None:
    """The moment at which a day is over; see `since`."""
    return None if not text else _begin(_day(text) + timedelta(days=1))


def as_moments(wanted: Mapping[str, str]) -> dict[str, Any]:
    """What a form has, with moments for its days, as the API takes them."""
    moments = {"since": since(wanted.get("since", "")), "until": until(wanted.get("until", ""))}
    return {**wanted, **{key: moment.isoformat() for key, moment in moments.items() if moment is not None}}


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        _begin(day)
        _begin(day + timedelta(days=1))
        return day
    except (ValueError, OverflowError, OSError):
        abort(400, f"{text[:20]} is no day: write it as 2026-11-29.")


def _begin(day: date) -> datetime:
    return midnight(day).astimezone()
