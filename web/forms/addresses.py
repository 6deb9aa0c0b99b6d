"""People's and cameras' names in addresses: whatever stands in a name is part of it, a slash as well."""

import re
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from flask import request
from werkzeug.routing import UnicodeConverter

SAFE = "!$&'()*+,:;=@"  # of an address's part, by RFC 3986; not the slash
STAND_IN = "\x1f"  # for a slash, from `KeptSlashes` to `NameConverter`; no name holds it
AS_IT_IS = "\x1e"  # before a name that browsers would take for a way to a folder; no name holds it
FOLDERS = {".", ".."}


class KeptSlashes:
    """WSGI middleware: a slash that was written as %2F does not part an address."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request (PEP 3333, by which nobody tells the two slashes apart)."""
        parts = re.split("%2f", _asked(environ).partition("?")[0], flags=re.IGNORECASE)
        if len(parts) > 1:
            path = STAND_IN.join(unquote_to_bytes(part).decode("latin-1") for part in parts)
            environ = {**environ, "PATH_INFO": path}
        return self.app(environ, start_response)


class NameConverter(UnicodeConverter):
    """A part of an address that is a text of any kind."""

    def to_python(self, value: str) -> str:
        """The text."""
        return value.removeprefix(AS_IT_IS).replace(STAND_IN, "/")

    def to_url(self, value: Any) -> str:
        """The text as an address has it."""
        name = str(value)
        return quote(AS_IT_IS + name if name in FOLDERS else name, safe=SAFE)


def here() -> str:
    """The address of the page that is asked for, below the program's own, for a form to come back to."""
    return _asked(request.environ)


def page() -> str:
    """The address of the page that is in the browser, which may ask for a part of itself (as htmx tells)."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    if not shown.path:
        return here()
    return shown._replace(scheme="", netloc="", path=shown.path.removeprefix(request.script_root)).geturl()


def _asked(environ: dict[str, Any]) -> str:
    """Path and query as they were sent, without the host that a client may send before them; they may be anything."""
    return re.sub(r"^[a-z]+://[^/?]*", "", environ.get("REQUEST_URI", ""), flags=re.IGNORECASE)
