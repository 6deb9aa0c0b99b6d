"""Moments as people give them: a day, a time of a day, `yesterday`, or how long ago."""

import re
from datetime import UTC, date, datetime, time, timedelta

UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(rf"(\d+(?:\.\d+)?) ?({'|'.join(UNITS)})")
DAYS = {"today": 0, "yesterday": 1}


def meant(text: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment that are meant.

    A day is meant whole. Times without a zone are the user's; one that comes twice, in the hour that the clock is set
    back by in autumn, is meant from its first coming to its second.

    Args:
        text: as 2026-10-25, "2026-10-25 18:30", 18:30, today, yesterday, or 2h, which is two hours ago (s, m, h, d, w).
        now: with its zone.

    Raises:
        ValueError: it is none of these, or lies beyond the calendar; the message says what to give.
    """
    try:
        return _meant(text.strip().lower(), now)
    except OverflowError as error:
        raise ValueError(f"{text} is at the edge of the calendar: give a time nearer to today") from error
    except ValueError as error:
        raise ValueError(
            f'{text} is no time: give a day as 2026-10-25, with a time as "2026-10-25 18:30", '
            "or today, yesterday, 2h, 30m, 7d"
        ) from error


def midnight(day: date) -> datetime:
    """The moment, in UTC, at which a day begins for the user: at one, where the clock is set forward at midnight.

    Raises:
        OverflowError: it lies beyond the calendar.
    """
    try:  # `astimezone` would take an hour that does not come for one of the day before
        return datetime.fromtimestamp(datetime.combine(day, time()).timestamp(), UTC)
    except ValueError as error:  # as Python has it of the first and the last year
        raise OverflowError from error


def _meant(text: str, now: datetime) -> tuple[datetime, datetime]:
    if ago := AGO.fullmatch(text):
        moment = now - timedelta(**{UNITS[ago[2]]: float(ago[1])})
        return moment, moment
    today = now.astimezone().date()
    if text in DAYS:
        return _day(today - timedelta(days=DAYS[text]))
    if re.fullmatch(r"[\d-]+", text):
        return _day(date.fromisoformat(text))
    if re.fullmatch(r"\d\d?:[\d:.]+", text):
        return _comings(datetime.combine(today, time.fromisoformat(text if text[2] == ":" else f"0{text}")))
    return _comings(datetime.fromisoformat(text.upper()))


def _day(day: date) -> tuple[datetime, datetime]:
    return midnight(day), midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


def _comings(moment: datetime) -> tuple[datetime, datetime]:
    """When a time without a zone comes, in UTC: usually once."""
    try:
        first, second = sorted(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except ValueError as error:  # as Python has it of the first and the last year
        raise OverflowError from error
    return first, second
