"""The lock files are complete and agree, and set-up says what it lacks."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = {name: (ROOT / f"requirements/{name}.txt").read_text("utf-8") for name in ("run", "dev", "train", "cluster")}
SETUP = ROOT / "requirements/install.sh"


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_holds_versions_and_digests_and_no_address(lock):
    pins = re.split(r"\n(?=[a-z])", lock)[1:]
    assert len(pins) == len(versions(lock))
    assert all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"://|--index|--find-links", lock)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("run", ["web", "postgresql", "notify", "onvif"]),  # the container's: nobody can add to it while it runs
        ("dev", ["eval"]),
        ("train", ["eval", "train"]),
        ("cluster", ["eval", "cluster"]),
    ],
)
def test_a_lock_satisfies_the_project(lock, extras):
    locked = versions(LOCKS[lock])
    wanted = PROJECT["project"]["dependencies"] + [wish for extra in extras for wish in EXTRAS[extra]]
    unmet = [wish for wish in map(Requirement, wanted) if not wish.specifier.contains(locked.get(wish.name, "0"))]
    assert not unmet, "run `make lock`"


def test_the_larger_locks_contain_the_smaller():
    run, dev, train, cluster = (versions(lock).items() for lock in LOCKS.values())
    assert run <= dev <= train
    assert dev <= cluster


def test_only_the_training_lock_holds_torch_and_none_holds_a_second_opencv():
    assert [name for name, lock in LOCKS.items() if {"torch", "timm", "ultralytics"} & versions(lock).keys()] == [
        "train"
    ]
    assert not any("opencv-python-headless" in versions(lock) for lock in LOCKS.values())


@pytest.fixture
def machine(tmp_path):
    """Runs set-up on a pretended Linux, of which a test says what its commands do."""

    def set_up(**commands: str) -> subprocess.CompletedProcess[str]:
        for name, script in {"uname": "echo Linux", "dirname": 'echo "${1%/*}"', **commands}.items():
            command = tmp_path / name
            command.write_text(f"#!/bin/sh\n{script}\n")
            command.chmod(0o755)
        arguments = ["/bin/sh", SETUP, tmp_path / "environment", "requirements/run.txt"]
        environment = {**os.environ, "PATH": str(tmp_path), "PYTHON": "python3"}
        return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)

    return set_up


WITHOUT_LIBRARIES = f'case "$2" in *ctypes*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac'


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
class TestSetUp:
    def test_without_a_fitting_python_it_names_the_versions(self, machine):
        done = machine(python3="exit 1")
        assert done.returncode == 1
        assert "needs Python 3.11, 3.12 or 3.13" in done.stderr

    def test_without_the_right_to_install_it_names_the_command(self, machine):
        done = machine(python3=WITHOUT_LIBRARIES, **{"apt-get": "exit 1"}, id="echo 1000", sudo="exit 1")
        assert done.returncode == 1
        assert "run 'sudo apt-get install --yes --no-install-recommends libgl1 libglib2.0-0'" in done.stderr

    def test_without_debian_it_names_the_packages(self, machine):
        done = machine(python3=WITHOUT_LIBRARIES)
        assert done.returncode == 1
        assert "libgl1 libglib2.0-0" in done.stderr

    def test_as_root_it_installs_them_and_stops_where_that_fails(self, machine, tmp_path):
        done = machine(
            python3=WITHOUT_LIBRARIES, id="echo 0", **{"apt-get": f'echo "$@" >>{tmp_path}/log; [ "$1" = update ]'}
        )
        assert done.returncode != 0
        assert "install --yes --no-install-recommends libgl1 libglib2.0-0" in (tmp_path / "log").read_text()
        assert not (tmp_path / "environment").exists()
