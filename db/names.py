"""People's names: any text that can be seen; two that look alike, but for their letters' case or form, are one."""

import heapq
import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from db.errors import DatabaseError

MAX_LENGTH = 200
KEY_LENGTH = 3 * MAX_LENGTH
NEAREST = 3  # names that are suggested
ALIKE = 0.6  # ratio from which one may be meant: the usual one of difflib
JOINERS = "\u200c\u200d"  # by which Persian, Indian scripts and emoji look as they are meant to
# What nothing is drawn for: Unicode's Default_Ignorable_Code_Point, and the empty Braille pattern.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean_name(text: str) -> str:
    """The name as it is stored: NFC, one space between words, no control or format characters.

    Of those that are not seen, only joiners stay, which change how letters beside them look; see also `name_key`.

    Raises:
        DatabaseError: nothing visible is left, or it is longer than `MAX_LENGTH` characters.
    """
    text = text.encode(errors="replace").decode()  # a file name's undecodable bytes are no text
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    text = "".join(letter for letter in text if letter in JOINERS or unicodedata.category(letter) != "Cf")
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not folded(name):
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
    """What spellings of a name that look alike have in common: Unicode's NFKC_Casefold, by which identifiers are
    compared (UAX #31, R5). One ligature can stand for eighteen letters: what no table would hold is left out."""
    return folded(clean_name(name))[:KEY_LENGTH]


def folded(name: str) -> str:
    """The same of any text: of a part of a name it is a part of that name's."""
    for _ in range(2):  # the second time for what the first has made of compatibility characters
        name = unicodedata.normalize("NFKC", UNSEEN.sub("", name).casefold())
    return " ".join(name.split())


def nearest_names(name: str, by_key: Mapping[str, str]) -> list[str]:
    """The few names, of those by their keys, that `name` could be a misspelling or a part of, the likeliest first."""
    key = name_key(name)
    whole = [known for known in by_key if key in known]
    return [by_key[known] for known in dict.fromkeys([*_closest(key, by_key), *whole])][:NEAREST]


def _closest(key: str, known: Iterable[str]) -> list[str]:
    """As `difflib.get_close_matches`, which takes seconds for thousands of names that differ in a number alone.

    A ratio is slow, its upper bounds are not: it is asked only of who may be among the few.
    """
    matcher = SequenceMatcher(b=key)
    closest = [(ALIKE, "")] * NEAREST
    for other in known:
        matcher.set_seq1(other)
        least, _ = closest[0]
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            heapq.heappushpop(closest, (matcher.ratio(), other))
    return [other for _, other in sorted(closest, reverse=True) if other]


def file_name(name: str) -> str:
    """A name for people's files on any file system: letters, marks and digits of every script stay, at most 100 bytes.

    Different people's can coincide, and Windows reserves some (CON, NUL): add something of your own.
    """
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" or letter in "- " else "_" for letter in name)
    return kept.encode()[:100].decode(errors="ignore").strip()
