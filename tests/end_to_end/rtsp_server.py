"""A camera on loopback: an RTSP server whose pictures carry the time at which they were made.

For GStreamer's own Python (Debian: python3-gi, gir1.2-gst-rtsp-server-1.0), not the project's. Arguments: the port (0:
any), and for a camera with a password, a user name and the password. Prints the port once it serves `/clock`.
"""

import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - after require_version

BITS, BLOCK, HEIGHT, FPS = 32, 16, 288, 25  # the clock: a row of black and white blocks, the highest bit first
WIDTH = BITS * BLOCK
CAMERA = (
    f"appsrc name=clock is-live=true do-timestamp=true format=time "
    f"caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1 "
    f"! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={FPS} ! rtph264pay name=pay0 pt=96"
)


def clock_picture(milliseconds: int) -> bytes:
    """An I420 picture whose uppermost blocks are the low 32 bits of a time; below, a bar moves."""
    blocks = (bytes([235 if milliseconds >> bit & 1 else 16]) * BLOCK for bit in reversed(range(BITS)))
    bar = milliseconds // 4 % WIDTH
    below = bytearray([96]) * WIDTH
    below[bar : bar + BLOCK] = bytes([200]) * len(below[bar : bar + BLOCK])
    return b"".join(blocks) * BLOCK + bytes(below) * (HEIGHT - BLOCK) + bytes([128]) * (WIDTH * HEIGHT // 2)


class ClockFactory(GstRtspServer.RTSPMediaFactory):
    def do_create_element(self, url: object) -> Gst.Element:
        return Gst.parse_launch(CAMERA)

    def do_configure(self, media: GstRtspServer.RTSPMedia) -> None:
        clock = media.get_element().get_child_by_name("clock")
        GLib.timeout_add(1000 // FPS, lambda: push(clock))


def push(clock: Gst.Element) -> bool:
    """Whether to go on: not when the last client has left."""
    picture = Gst.Buffer.new_wrapped(clock_picture(int(time.time() * 1000)))
    return clock.emit("push-buffer", picture) == Gst.FlowReturn.OK


def protect(server: GstRtspServer.RTSPServer, factory: ClockFactory, user: str, password: str) -> None:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def main(port: str, *credentials: str) -> None:
    Gst.init(None)
    server, factory = GstRtspServer.RTSPServer(), ClockFactory()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory.set_shared(True)
    server.get_mount_points().add_factory("/clock", factory)
    if credentials:
        protect(server, factory, *credentials)
    if not server.attach(None):
        sys.exit(f"port {port} is taken")
    print(server.get_bound_port(), flush=True)  # noqa: T201
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
