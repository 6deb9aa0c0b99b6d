"""Who may ask at all, before anything is done: no other web page through the user's browser, no disguised proxy."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Flask, Request, Response, abort, request

from web import problems

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NAVIGATION = {"navigate", "nested-navigate"}


def guard(app: Flask, is_open: bool) -> None:
    """Refuse what comes from elsewhere, and tell browsers what the pages may load.

    Args:
        is_open: served on this machine only and without a password: then only its own names are answered to, lest a
            page of the web reaches it by a name of its own that points here (DNS rebinding).
    """

    @app.before_request
    def refuse_strangers() -> None:
        if is_open and name_of(request.host) not in LOOPBACK_NAMES:
            abort(403, f"This machine is not called {name_of(request.host)}: ask for localhost or 127.0.0.1.")
        if is_foreign(request):
            abort(403, "The request comes from another web page: open Doorman's own page.")

    @app.before_request
    def refuse_nul() -> None:
        if "\0" in request.path or "\0" in "".join(chain(request.args, *request.args.listvalues())):
            abort(400, "The address holds a NUL character, which nothing here is called by: leave %00 out.")

    @app.after_request
    def tell_the_browser(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def name_of(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def is_foreign(asked: Request) -> bool:
    """Whether another site's page made the browser ask.

    What browsers say of it cannot be forged by a page. A link to here from elsewhere is no harm.
    """
    origin = asked.headers.get("Origin")
    if origin is not None and origin.rstrip("/") != f"{asked.scheme}://{asked.host}":
        return True
    if asked.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
        return False
    return asked.method in UNSAFE or asked.headers.get("Sec-Fetch-Mode") not in NAVIGATION


@dataclass(frozen=True, slots=True)
class Proxied:
    """WSGI middleware: believes what the one trusted proxy says of the client, and nobody else.

    Args:
        trusted: the proxy's address; None trusts none.
    """

    app: Any
    trusted: str | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request (PEP 3333)."""
        forwarded = {name for name in environ if name.startswith("HTTP_X_FORWARDED_")} | (
            {"HTTP_FORWARDED", "HTTP_X_INGRESS_PATH"} & set(environ)
        )
        if forwarded and environ.get("REMOTE_ADDR") != self.trusted:
            start_response("400 Bad Request", [("Content-Type", problems.TYPE)])
            sentence = "Forwarded requests are taken from the trusted proxy only: name it by --trusted-proxy."
            return [problems.body(400, sentence)]
        if forwarded:
            environ = {**environ, **dict(self._believed(environ))}
        return self.app(environ, start_response)

    def _believed(self, environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What the last proxy adds is the last of each list."""
        names = {
            "HTTP_X_FORWARDED_PROTO": "wsgi.url_scheme",
            "HTTP_X_FORWARDED_HOST": "HTTP_HOST",
            "HTTP_X_FORWARDED_FOR": "REMOTE_ADDR",
        }
        for header, name in names.items():
            if value := environ.get(header, "").rpartition(",")[2].strip():
                yield name, value
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX") or environ.get("HTTP_X_INGRESS_PATH") or ""
        if prefix.startswith("/"):
            yield "SCRIPT_NAME", prefix.rstrip("/")
