"""The compose file: it is one, its command starts the pages, and its check tells that they are there."""

import os
import re
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

from stream.cli.main import commands
from tests.programs import running

yaml = pytest.importorskip("yaml", reason="needs the package pyyaml")

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICE = COMPOSE["services"]["doorman"]
PASSWORD = "correct horse battery"


def test_it_has_the_form_of_a_compose_file():
    assert set(COMPOSE) == {"services", "volumes"}
    assert set(SERVICE) <= {"build", "command", "ports", "volumes", "restart", "healthcheck"}
    assert set(SERVICE["healthcheck"]) <= {"test", "start_period"} and SERVICE["healthcheck"]["test"][0] == "CMD"
    [volume] = SERVICE["volumes"]
    assert volume.partition(":")[0] in COMPOSE["volumes"]
    dockerfile = (ROOT / SERVICE["build"] / "Dockerfile").read_text("utf-8")
    assert f"VOLUME {volume.partition(':')[2]}" in dockerfile and 'ENTRYPOINT ["doorman"]' in dockerfile
    [ports] = SERVICE["ports"]
    host, inside, port = ports.split(":")
    assert host == "127.0.0.1" and inside == port  # for this machine alone
    assert SERVICE["command"][0] in commands.commands


def test_the_image_holds_the_program_and_nothing_that_lies_beside_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {*project["tool"]["hatch"]["build"]["only-include"], "pyproject.toml", project["project"]["readme"]}
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == needed | {"requirements", "LICENSE"}


def test_its_command_serves_once_there_is_a_password_and_its_check_finds_that(tmp_path):
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}  # the image's volume
    doorman = [sys.executable, "-u", ROOT / "run.py"]
    command = [word.replace("0.0.0.0:8765", "127.0.0.1:0") for word in SERVICE["command"]]
    assert command != SERVICE["command"]
    run = {"cwd": ROOT, "env": environment, "text": True}
    refused = subprocess.run([*doorman, *SERVICE["command"]], **run, capture_output=True, timeout=200)
    assert refused.returncode == 1 and "doorman web password" in refused.stderr  # as the file's first lines say
    subprocess.run([*doorman, "web", "password"], **run, input=PASSWORD, check=True, timeout=200, capture_output=True)
    with running([*doorman, *command], env=environment) as program:
        [address] = re.findall(r"http://\S+?(?=/ )", program.stdout.readline())
        with urllib.request.urlopen(f"{address}/login", timeout=60) as page:
            assert "Password" in page.read().decode()
        check = SERVICE["healthcheck"]["test"][1:]
        check = [word.replace("http://127.0.0.1:8765", address) for word in check]
        subprocess.run([sys.executable, *check[1:]], check=True, timeout=60)
