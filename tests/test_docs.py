"""What the documents say can be typed, exists; what they link to, is there."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from stream.cli.main import OnDemand
from stream.cli.main import commands as program

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "models/README.md",
    "stream/README.md",
    "stream/cluster/README.md",
    "training/README.md",
    "training/experiments.md",
    "tests/bench/README.md",
    "tests/media/CREDITS.md",
)
FENCED = re.compile(r"^```.*?\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|href)=["']([^"']+)["']""")
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/>])/(?:home|root|tmp|users|work)/\S+", re.IGNORECASE)


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Path:
    path = ROOT / request.param
    if not path.exists():
        pytest.skip(f"{request.param} is not here")
    return path


def test_every_command_and_option_exists(document):
    for words in commands(document.read_text("utf-8")):
        match words:
            case ["doorman", *arguments] | ["python", "run.py", *arguments]:
                assert not unknown(arguments), f"{shlex.join(words)}: there is no {unknown(arguments)}"
            case ["python", "-m", module, *_]:
                assert find_spec(module), f"{shlex.join(words)}: there is no such module"
            case ["make", *targets]:
                makefile = (ROOT / "Makefile").read_text("utf-8")
                for target in (word for word in targets if "=" not in word):
                    assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"there is no make {target}"


def test_every_relative_link_leads_somewhere(document):
    for target in ("".join(groups) for groups in LINK.findall(document.read_text("utf-8"))):
        file, _, heading = target.partition("#")
        if re.match(r"\w+:", target):
            continue
        linked = document.parent / file if file else document
        assert linked.exists(), f"{target} does not exist"
        assert not heading or heading in anchors(linked), f"{target}: there is no such heading"


def test_no_path_of_one_machine_is_named(document):
    assert not ABSOLUTE_PATH.findall(document.read_text("utf-8"))


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command line in the code blocks and spans of a Markdown text."""
    blocks = "\n".join(FENCED.findall(text)).replace("\\\n", " ").splitlines()
    for line in [*blocks, *INLINE.findall(FENCED.sub("", text))]:
        line = re.sub(r"^\s*(?:\$ )?(?:\S*[/\\])?(?=(?:doorman|python|make) )", "", line)
        if re.match(r"(?:doorman|python|make) ", line):
            yield shlex.split(line, comments=True)


def unknown(arguments: list[str]) -> list[str]:
    """The sub-command or the options among a command's arguments that the program does not have."""
    command = program
    while arguments and hasattr(command, "commands") and not arguments[0].startswith("-"):
        name, *arguments = arguments
        if name not in command.commands:
            return [name]
        command = command.commands[name]
        command = command.load() if isinstance(command, OnDemand) else command
    options = {"--help", *(name for option in command.params for name in (*option.opts, *option.secondary_opts))}
    return [word for word in arguments if re.match("--?[a-z]", word) and word.partition("=")[0] not in options]


def anchors(markdown: Path) -> set[str]:
    """The names by which a Markdown file's headings are linked to."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", markdown.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
