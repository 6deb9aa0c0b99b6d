"""Addresses fit to be shown: no user name, password or token that somebody wrote into one leaves it."""

import re

URL = re.compile(r"([a-z][a-z\d+.-]*)://(\S*)", re.IGNORECASE)
PLACE = re.compile(r"(\[[\da-f:.]+(%\w+)?\]|[^\s:@\[\]&=;]+)(:\d*)?", re.IGNORECASE)  # a host, perhaps with a port
SCHEMES = "rtsps?|https?|mqtts?|sqlite|postgres(ql)?|mysql|mariadb|mssql|oracle"
NAMED = re.compile(r"\b((?:\w+_)?(?:pass|password|passwd|pwd|token|key|secret))=[^\s&;]*", re.IGNORECASE)


def parts(url: str) -> tuple[str, str, str]:
    """A URL's credentials, its host and port, and the rest, by the standard: the first / ? or # ends the host."""
    rest = url.partition("://")[2]
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    credentials, _, place = authority.rpartition("@")
    return credentials, place, rest[len(authority) :]


def host(url: str) -> str | None:
    """The host and port of a URL, and nothing else of it; None where there is none, or in doubt.

    People write passwords with / and # into URLs as they are. Where an @ comes later than it may, what stands in the
    host's place can be a part of one, unless that is a bare name.
    """
    credentials, place, rest = parts(url)
    if PLACE.fullmatch(place) is None or ("@" in rest and (credentials or ":" in place)):
        return None
    return place


def redacted(text: str) -> str:
    """Words fit to be shown: of a URL in them its scheme and host, of other addresses what stands behind the last @.

    Paths and queries go too, since cameras carry passwords and tokens in them.
    """
    text = re.sub(r"\S*@", "…@", URL.sub(_redacted_url, text))
    return NAMED.sub(r"\1=…", text)


def _redacted_url(url: re.Match[str]) -> str:
    place = host(url[0])
    return f"{url[1].lower()}://{place}/…" if place else f"{url[1].lower()}://…"


def is_address(text: str) -> bool:
    """Whether a text that is no URL must have been meant to be one, like `rtsp//user:secret@host`."""
    return re.match(rf"({SCHEMES})(\+\w+)?:?/|[^/\\]*:[^/\\]*@", text, re.IGNORECASE) is not None
