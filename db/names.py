"""People's names: any text that can be seen, unique whatever its case and Unicode form."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

from db.errors import DatabaseError

MAX_LENGTH = 200


def clean_name(text: str) -> str:
    """The name as it is stored: NFC, one space between words, no control characters.

    Raises:
        DatabaseError: nothing visible is left, or it is longer than `MAX_LENGTH` characters.
    """
    text = text.encode(errors="replace").decode()  # a file name's undecodable bytes are no text
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if all(unicodedata.category(letter)[0] in "CZ" for letter in name):
        raise DatabaseError("A person's name must not be empty: give at least one visible character.")
    if len(name) > MAX_LENGTH:
        raise DatabaseError(f"The name {name[:20]!r}... is longer than {MAX_LENGTH} characters: give a shorter one.")
    return name


def escaped(text: str) -> str:
    """The text as every database takes it: NUL and a file name's bytes that are no text become escapes (`\\udce9`)."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")


def unescaped(text: str) -> str:
    """The text that `escaped` was given."""
    return re.sub(r"\\u(dc[89a-f][0-9a-f])", lambda escape: chr(int(escape[1], 16)), text)


def name_key(name: str) -> str:
    """What two spellings of the same name have in common."""
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def nearest_names(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names that `name` could be a misspelling or a part of, the likeliest first."""
    by_key, key = {name_key(known): known for known in names}, name_key(name)
    whole = [known for known in by_key if key in known]
    near = difflib.get_close_matches(key, by_key, n=count)
    return [by_key[known] for known in dict.fromkeys([*near, *whole])][:count]


def file_name(name: str) -> str:
    """A name for people's files on any file system: letters, marks and digits of every script stay, at most 100 bytes.

    Different people's can coincide, and Windows reserves some (CON, NUL): add something of your own.
    """
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" or letter in "- " else "_" for letter in name)
    return kept.encode()[:100].decode(errors="ignore").strip()
