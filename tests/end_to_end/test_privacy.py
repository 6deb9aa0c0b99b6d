"""Nothing leaves the machine: a whole watch asks for no address but this machine's own."""

import os
import re
import shutil
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from stream.cli.demo import CLIP

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r'(?:inet_addr|inet_pton\(AF_INET6,) ?\(?"([^"]+)"')


def traceable() -> bool:
    """Whether strace is here, and may trace (a container may forbid it)."""
    strace = shutil.which("strace")
    return strace is not None and subprocess.run([strace, "-f", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not traceable(), reason="strace is not here, or may not trace")
def test_a_watch_asks_for_no_address_but_loopback(tmp_path):
    trace = tmp_path / "trace.txt"
    tracing = ["strace", "-f", "--seccomp-bpf", "-e", "trace=network", "-o", str(trace)]
    watch = ["watch", str(CLIP), "--max-seconds", "1", "--db", str(tmp_path / "people.db"), "--metrics", "0"]
    unset = {"CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}
    environment = {key: value for key, value in os.environ.items() if key not in unset} | {"HOME": str(tmp_path)}
    subprocess.run([*tracing, sys.executable, "run.py", *watch], check=True, cwd=ROOT, env=environment, timeout=250)
    addresses = set(ADDRESS.findall(trace.read_text("utf-8")))
    assert "127.0.0.1" in addresses  # that of the figures: the trace sees what is asked for
    assert {address for address in addresses if not ip_address(address).is_loopback} == set()
    assert {path.name for path in tmp_path.iterdir()} == {"trace.txt", "people.db"}
