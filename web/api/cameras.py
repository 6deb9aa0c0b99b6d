"""What is watched: how each camera is, its newest picture, and whether all is well."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_restx import Resource

from stream.errors import StreamError
from stream.service.watch.showing import Showing
from web.access.login import needs, scope
from web.api import api
from web.parts import limiter, running, session
from web.streams import stream

WIDEST = 1280  # pixels of a picture
WAIT = 2.0  # seconds for a newer picture
LONGEST = 10.0  # seconds without one, after which a stream ends
MOTION = "multipart/x-mixed-replace; boundary=picture"


@api.route("/cameras")
class Cameras(Resource):  # type: ignore[misc]
    """All cameras."""

    method_decorators = (needs("read"), limiter.exempt)

    def get(self) -> list[dict[str, Any]]:
        """How each camera is."""
        watch = session()
        return [asdict(camera) for camera in watch.cameras()] if watch else []


@api.route("/cameras/<string:name>/frame", endpoint="camera_frame")
class Frame(Resource):  # type: ignore[misc]
    """What a camera sees."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.doc(params={"after": {"description": "The X-Frame of the last one.", "type": "integer"}})
    @api.produces(["image/jpeg"])
    def get(self, name: str) -> Response:
        """The newest labelled picture after the one that is known, its number in X-Frame; 204 where none comes."""
        picture = running().newest(name, request.args.get("after", type=int), WAIT)
        if picture is None:
            return Response(status=204)
        headers = {"X-Frame": str(picture.number), "Cache-Control": "no-store"}
        return Response(picture.jpeg(WIDEST), content_type="image/jpeg", headers=headers)


@api.route("/cameras/<string:name>/stream.mjpg", endpoint="camera_stream")
class Motion(Resource):  # type: ignore[misc]
    """What a camera sees, going on."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.produces([MOTION])
    def get(self, name: str) -> Response:
        """Labelled pictures without an end, as motion JPEG; it ends where none comes for a while."""
        watch = running()
        watch.newest(name)  # whether there is such a camera
        return stream(_motion(watch, name), MOTION)


@api.route("/health")
class Health(Resource):  # type: ignore[misc]
    """Whether all is well."""

    method_decorators = (limiter.exempt,)

    def get(self) -> tuple[dict[str, str], int]:
        """200 while pictures are processed, or none are to be; 503 otherwise, and why to those who may read."""
        watch = session()
        problem = None if watch is None else watch.problem or _of_cameras(watch)
        if problem is None:
            return {"status": "ok"}, 200
        return {"status": problem if scope() else "Something is wrong: log in, or send a token, to see what."}, 503


def _of_cameras(watch: Showing) -> str | None:
    """What is wrong where not one camera is well."""
    cameras = watch.cameras()
    ill = [camera for camera in cameras if not camera.well]
    return (ill[0].problem or f"{ill[0].name} is {ill[0].state}.") if ill and len(ill) == len(cameras) else None


def _motion(watch: Showing, name: str) -> Iterator[bytes]:
    after = None
    try:
        while (picture := watch.newest(name, after, LONGEST)) is not None:
            after = picture.number
            jpeg = picture.jpeg(WIDEST)
            yield b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"
    except StreamError:
        return  # the camera was taken away
