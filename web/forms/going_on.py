"""Where a browser goes on once a form is taken: a form that is refused stays as it was typed (see `doorman.js`)."""

from flask import Flask, Response, request

REDIRECTS = {301, 302, 303}


def tell_scripts(app: Flask) -> None:
    """Tell a page's script where to go on, as htmx has it.

    A redirect would be followed by the script alone, and what the next page tells once would be lost on it.
    """

    @app.after_request
    def tell(response: Response) -> Response:
        if "HX-Request" in request.headers and response.status_code in REDIRECTS:
            response.headers["HX-Redirect"] = response.headers.pop("Location")
            response.status_code = 204
            response.set_data(b"")
        return response
