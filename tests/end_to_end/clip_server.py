"""Cameras on loopback that show a clip again and again: an RTSP server.

For GStreamer's own Python, not the project's. Arguments: a folder of the clip's pictures, 0000.jpg and so on, how many
of them are a second, and the cameras' names. Prints the port once it serves `/NAME`.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - after require_version


def main(folder: str, fps: str, *names: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    for name in names:
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(
            f"( multifilesrc location={folder}/%04d.jpg loop=true caps=image/jpeg,framerate={fps}/1 ! jpegdec "
            f"! videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={fps} "
            "! rtph264pay name=pay0 pt=96 )"
        )
        factory.set_shared(True)
        server.get_mount_points().add_factory(f"/{name}", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)  # noqa: T201
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
