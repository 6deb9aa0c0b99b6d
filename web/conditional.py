"""What a client has already is not sent again (RFC 9110, conditional requests)."""

from flask import Flask, Response, request

KINDS = {"application/json", "image/jpeg", "text/csv"}


def conditional(app: Flask) -> None:
    """Give pictures and lists an ETag, and answer 304 to who has it."""

    @app.after_request
    def mark(response: Response) -> Response:
        known = response.mimetype in KINDS and not response.is_streamed and not response.cache_control.no_store
        if request.method in ("GET", "HEAD") and response.status_code == 200 and known:
            response.add_etag()
            response.make_conditional(request)
        return response
