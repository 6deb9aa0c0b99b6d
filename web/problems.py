"""Errors for programs and people: one sentence that names the cause and the remedy (RFC 9457)."""

import json
import logging
from http import HTTPStatus
from typing import Any

from flask import Response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from db import DatabaseError, NotThereError
from models.errors import ModelError, NoPictureError, PictureError
from stream.errors import StreamError, UnknownCameraError

log = logging.getLogger(__name__)

TYPE = "application/problem+json"
SENTENCES = {
    400: "The request cannot be understood: look at the API's description.",
    401: "Log in first, or send a token as Authorization: Bearer.",
    404: "There is nothing at this address: it may have been removed.",
    405: "This address does not take such requests: look at the API's description.",
    413: "The upload is too large: send fewer or smaller pictures.",
    415: "This kind of upload is not taken: send the form's fields as multipart/form-data.",
    429: "Too many requests: wait a minute.",
    500: "Something went wrong here; the log of the program says what.",
    503: "The machine is busy: try again in a moment.",
}


def status_of(error: Exception) -> int:
    """The HTTP status that an exception of ours, or of Flask, becomes."""
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, NotThereError | NoPictureError | UnknownCameraError):
        return 404
    if isinstance(error, PictureError | StreamError):
        return 422
    if isinstance(error, DatabaseError):
        return 409
    return 500


def sentence_of(error: Exception) -> str:
    """What is said of an exception: nothing of what nobody foresaw, which may hold a path or a password."""
    if isinstance(error, ModelError | DatabaseError | StreamError):
        return str(error)
    status = status_of(error)
    if isinstance(error, CSRFError):
        return "The page is older than your log-in, or its cookie is gone: load it again."
    if isinstance(error, RateLimitExceeded):  # whose description is "10 per 1 minute"
        return SENTENCES[status]
    if isinstance(error, HTTPException) and error.description and error.description != type(error).description:
        return error.description
    return SENTENCES.get(status, HTTPStatus(status).phrase)


def answer(error: Exception) -> Response:
    """The answer to whoever asked; what nobody foresaw goes to the log with all that is known of it."""
    status = status_of(error)
    if status == 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if request.path.startswith("/api/"):
        return Response(body(status, sentence_of(error)), status, content_type=TYPE)
    template = "sentence.html" if "HX-Request" in request.headers else "problem.html"
    return Response(render_template(template, sentence=sentence_of(error)), status)


def body(status: int, sentence: str, **more: Any) -> bytes:
    """An error for programs, as JSON of the media type `TYPE`, with whatever else there is to say of it."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence, **more}
    return json.dumps(told).encode()
