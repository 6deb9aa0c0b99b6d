"""A Ray cluster is reached, and one of its machines has another version of the program."""

import os
import re
import sys
from pathlib import Path

import pytest

from stream.cluster.on_ray import connected, nodes_of, program, same_program_everywhere
from stream.errors import StreamError
from tests import ray_cluster

OTHER = "99.0.0"


def another_version(folder: Path) -> str:
    """Where Python finds that Doorman is of that version."""
    about = folder / f"doorman-{OTHER}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: doorman\nVersion: {OTHER}\n")
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))


def test_a_checkout_that_is_not_installed_is_told_with_what_installs_it(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[3])])
    with pytest.raises(StreamError, match=r"not installed on the machine .*: run `pip install -e '\.\[cluster\]'`"):
        program()


def test_without_ray_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(StreamError, match=r"`pip install -e '\.\[cluster\]'`; for a container"), connected("auto"):
        pass


@pytest.mark.cluster
@pytest.mark.timeout(600)
def test_a_node_of_another_version_is_told_in_a_sentence(tmp_path):
    with ray_cluster.running() as nodes:
        with connected(nodes.address) as ray:
            same_program_everywhere(ray, nodes_of(ray))
        nodes.add_a_node(PYTHONPATH=another_version(tmp_path))
        sentence = (
            rf"^The machine .* has Doorman {OTHER} .*, and not {re.escape(program())}: install the same on all\.$"
        )
        with connected(nodes.address) as ray, pytest.raises(StreamError, match=sentence):
            same_program_everywhere(ray, nodes_of(ray))
