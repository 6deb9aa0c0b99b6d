"""An RTSP camera on loopback, in a process of its own, where GStreamer's server for it is installed."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests.ports import held_port

SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's GStreamer bindings are for
NEEDED = """
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(map(Gst.ElementFactory.find, ["appsrc", "x264enc", "rtph264pay"]))
"""


def has_gstreamer() -> bool:
    try:
        return subprocess.run([SYSTEM_PYTHON, "-c", NEEDED], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class Server:
    """The server process; it keeps its port until it is closed."""

    def __init__(self, *credentials: str) -> None:
        self._kept = ExitStack()
        self.port = str(self._kept.enter_context(held_port()))
        self.start(*credentials)

    def start(self, *credentials: str) -> None:
        script = Path(__file__).parent / "end_to_end" / "rtsp_server.py"
        command = [SYSTEM_PYTHON, script, self.port, *credentials]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()
        assert self.port, "the server did not start"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def close(self) -> None:
        self.kill()
        self._kept.close()

    def url(self, credentials: str = "") -> str:
        return f"rtsp://{credentials}127.0.0.1:{self.port}/clock"
