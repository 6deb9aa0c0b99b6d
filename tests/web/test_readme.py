"""What the README says to Frigate and to Home Assistant works."""

import os
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2
import pytest

from tests.web.conftest import a_picture
from tests.web.fakes import FakeSession, enrol_ada
from web.application import create_app
from web.server import WebServer

yaml = pytest.importorskip("yaml", reason="needs the package pyyaml")

README = Path(__file__).parents[2] / "README.md"
TEXT = re.search(r"### With Frigate.*?(?=\n##)", README.read_text("utf-8"), re.DOTALL)[0]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
SETTINGS = yaml.safe_load(next(text for kind, text in BLOCKS if kind == "yaml"))


class Frigate(BaseHTTPRequestHandler):
    """Gives the newest picture of one camera."""

    def do_GET(self):
        found = self.path == "/api/front_door/latest.jpg"
        body = a_picture().read() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_frigates_picture_is_answered_with_names(service, access):
    enrol_ada(service)
    token = access.add_token("frigate", "read")
    command = next(text for kind, text in BLOCKS if kind == "sh" and "frigate:5000" in text)
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Frigate) as frigate,
        WebServer(service, access, "127.0.0.1", 0) as server,
    ):
        threading.Thread(target=frigate.serve_forever, daemon=True).start()
        for name, port in (("frigate:5000", frigate.server_port), ("doorman:8765", server.port)):
            command = command.replace(name, f"127.0.0.1:{port}")
        environment = {**os.environ, "DOORMAN_TOKEN": token}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=120)
        frigate.shutdown()
    assert '"name": "Ada"' in done.stdout


def test_home_assistants_automation_reads_an_event():
    [automation] = SETTINGS["automation"]
    trigger = {"json": FakeSession.event.as_dict()}
    assert rendered(automation["conditions"], trigger=trigger) not in ("", "False", "None")
    assert rendered(automation["actions"][0]["data"]["message"], trigger=trigger) == "Ada is before the camera door"
    left = {"json": {**trigger["json"], "event": "left"}}
    assert rendered(automation["conditions"], trigger=left) == "False"


def test_home_assistants_sensor_reads_the_cameras(client, access):
    [rest] = SETTINGS["rest"]
    answer = client.get(rest["resource"].partition("8765")[2])
    assert rendered(rest["sensor"][0]["value_template"], value_json=answer.json) == "Ada"


def test_the_live_picture_comes_to_who_sends_the_token_as_a_password(service, access):
    token = access.add_token("home assistant", "read")
    app = create_app(service, access, loopback=False)
    client = app.test_client()
    address = re.search(r"8765(/api/v1/cameras/door/stream\.mjpg)", TEXT)[1]
    assert client.get(address, auth=("anybody", "wrong")).status_code == 401
    answer = client.get(address, auth=("anybody", token))
    assert answer.status_code == 200 and answer.content_type.startswith("multipart/x-mixed-replace")
    answer.close()
    assert client.post("/api/v1/people/Ada/samples", auth=("anybody", token)).status_code == 403


def rendered(template, **values):
    return jinja2.Environment().from_string(template).render(**values)
