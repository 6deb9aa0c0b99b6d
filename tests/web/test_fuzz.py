"""Hundreds of requests that nobody would think of; `make fuzz` makes ten thousand."""

import pytest

pytest.importorskip("schemathesis", reason="needs the package schemathesis")
from tests.web.fuzz import fuzzed, populate

REQUESTS = 300


def test_no_request_is_a_mistake_of_the_program(client, service):
    populate(service)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    done = fuzzed(client.application, REQUESTS, seed=True)
    assert sum(done.values()) >= REQUESTS / 2
    assert any(what.startswith("POST /identify 2") for what in done)
