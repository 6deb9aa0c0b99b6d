"""Requests that nobody would think of, made from the API's own description; `python -m tests.web.fuzz` makes 10,000.

Prints how many requests each address took, and ends with an error at the first answer of 500 or more that is not meant.
"""

import sys
import tempfile
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from db import Database
from stream.cli.terminal import say
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.strangers import keep, new_stay
from tests.web.fakes import CROP, FakeService, enrol_ada
from web.access.access import Access
from web.application import create_app
from web.parts import limiter

MEANT = {503}  # too many streams, an ill camera
REQUESTS = 10_000


def fuzzed(app: Flask, requests: int, seed: bool = False) -> Counter[str]:
    """Make so many requests in all, spread over the operations; how many each took, by method, address and status.

    Args:
        seed: make the same requests every time.

    Raises:
        AssertionError: an answer was a mistake of the program, or an error that is no problem of RFC 9457.
    """
    schema = schemathesis.openapi.from_dict(app.test_client().get("/api/v1/swagger.json").json)
    operations = [one.ok() for one in schema.get_all_operations()]
    done: Counter[str] = Counter()

    def ask(case: schemathesis.Case) -> None:
        arguments = case.as_transport_kwargs(base_url="http://localhost/api/v1")
        with app.test_client() as client:
            answer = client.open(
                arguments["url"].removeprefix("http://localhost"),
                method=arguments["method"],
                query_string=arguments.get("params"),
                headers={name: value for name, value in arguments["headers"].items() if value.isprintable()},
                data=_body(arguments),
                buffered=False,
            )
            status = answer.status_code
            if status >= 400:
                assert answer.content_type == "application/problem+json", (arguments, answer.text[:500])
            answer.close()
        done[f"{arguments['method']} {case.path} {status}"] += 1
        assert status < 500 or status in MEANT, arguments

    for operation in operations:
        run = settings(
            max_examples=max(1, -(-requests // len(operations))),
            deadline=None,
            database=None,
            derandomize=seed,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy())(ask))
        run()
    return done


def populate(service: FakeService) -> None:
    """Let there be something behind every address: Ada, strangers, a sighting with looks, decisions."""
    database = service.people.database
    enrol_ada(service)
    keep(database, *(new_stay(unit(1, 0.1 * number), portrait=CROP) for number in range(8)))
    ada = database.person("Ada").id
    seen(database, ada, replace(new_look(ada, crop=CROP, vector=unit(0, 1)), offered=CROP))
    service.corrections.wrong(max(one.id for one in database.sightings()))


def _body(arguments: dict) -> object:
    """Files and fields of a form, or whatever else is to be sent."""
    files = arguments.get("files") or []
    pairs = files.items() if isinstance(files, dict) else files
    form: dict[str, list] = {}
    for name, value in pairs:
        parts = value if isinstance(value, tuple) else (name, value)
        content = parts[1] if isinstance(parts[1], bytes) else str(parts[1]).encode(errors="replace")
        form.setdefault(name, []).append((BytesIO(content), str(parts[0] or name)))
    return form or arguments.get("data") or arguments.get("json")


def main(requests: int = REQUESTS) -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/people.db") as database:
        service = FakeService(database, Path(folder))
        populate(service)
        app = create_app(service, Access(database))
        limiter.enabled = False
        done = fuzzed(app, requests)
    for what, times in sorted(done.items()):
        say(f"{times:6}  {what}")
    say(f"{sum(done.values()):6}  requests in all, none of them a mistake of the program")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
