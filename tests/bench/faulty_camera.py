"""The camera of tests/end_to_end on loopback, that also shows what it is told to, a word on a line of its input:

normal, black, or frozen (the same picture again and again). Arguments: the size in pixels of a block of the clock, 32
of which are the picture's width; then those of rtsp_server.py. For GStreamer's own Python, not the project's.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))

import rtsp_server
from gi.repository import GLib

mode = "normal"
last = b""
clock_picture = rtsp_server.clock_picture


def picture(milliseconds: int) -> bytes:
    global last
    if mode == "black":
        size = rtsp_server.WIDTH * rtsp_server.HEIGHT
        return bytes([16]) * size + bytes([128]) * (size // 2)
    if mode == "normal":
        last = clock_picture(milliseconds)
    return last


def listen(source: object, condition: GLib.IOCondition) -> bool:
    global mode
    mode = sys.stdin.readline().strip()
    if not mode:  # whoever watches the camera has ended, however that was
        os._exit(0)
    return True


block = int(sys.argv[1])
width = f"width={rtsp_server.BITS * block}"
rtsp_server.CAMERA = rtsp_server.CAMERA.replace(f"width={rtsp_server.WIDTH}", width)
rtsp_server.BLOCK, rtsp_server.WIDTH = block, rtsp_server.BITS * block
rtsp_server.clock_picture = picture
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, listen)
rtsp_server.main(*sys.argv[2:])
