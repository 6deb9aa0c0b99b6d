"""Names: what is one, when two are the same, and what files are called after them."""

from difflib import SequenceMatcher, get_close_matches

import pytest

from db import DatabaseError
from db.names import KEY_LENGTH, MAX_LENGTH, NEAREST, clean_name, file_name, name_key, nearest_names


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "AC/DC",
        "..",
        'Dwayne "The Rock" Johnson',
        "O'Hara",
        "🦊 👩‍👩‍👧",
        "محمد",
        "نیم\u200cفصل",
        "ක්\u200dර",
        "-x",
        "张伟",
        "%s",
    ],
)
def test_keeps_any_visible_text(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "   ", "\t\n", "\u200b", "\u200f \u00a0", "\x00", "\u3164", "\u2800", "\u200d", "\ufe0f", "\u00ad"]
)
def test_refuses_names_that_cannot_be_seen(name: str) -> None:
    with pytest.raises(DatabaseError, match="must not be empty"):
        clean_name(name)


def test_refuses_over_long_names() -> None:
    assert clean_name("é" * MAX_LENGTH)
    with pytest.raises(DatabaseError, match="longer than 200"):
        clean_name("é" * (MAX_LENGTH + 1))


def test_a_name_is_stripped_and_composed() -> None:
    assert clean_name("  Rene\u0301\n  Descartes\x00 ") == "Ren\u00e9 Descartes"


def test_replaces_undecodable_bytes_of_a_file_name() -> None:
    assert clean_name(b"Ren\xe9".decode(errors="surrogateescape")) == "Ren?"


def test_same_name_in_any_case_and_form() -> None:
    assert name_key("STRASSE René") == name_key("straße rene\u0301 ")
    assert name_key("Ada") != name_key("Adá")


@pytest.mark.parametrize(
    "alike",
    [
        "A\u200bda Lovelace",
        "Ada\u00adLove\u00adlace",
        "\u202eAda Lovelace\u202c",
        "\ufeffAda\u2060 Lovelace",
        "Ada\u00a0Lovelace",
        "Ada\u200d Lovelace",
        "Ada Love\ufe0flace",
        "\uff21da Lovelace",
        "\U0001d400da Lovelace",
        "ADA\u034f LOVELACE",
        "Ada \u3164Lovelace",
    ],
)
def test_names_that_look_alike_are_one(alike: str) -> None:
    expected = name_key("AdaLovelace" if alike.startswith("Ada\u00ad") else "ada lovelace")
    assert name_key(alike) == expected


def test_a_name_is_stored_without_what_turns_or_hides_text() -> None:
    assert clean_name("\u202eAda\u202c \u200bLovelace\ufeff") == "Ada Lovelace"


@pytest.mark.parametrize("name", ["ẞ", "ﬁ", "\u017f", "İ", "\u0345", "Ⅳ", "가", "ǰ", "\u1e9b\u0323"])
def test_a_key_is_its_own(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_a_key_is_no_longer_than_a_table_holds() -> None:
    ligature = "\ufdfa"  # eighteen characters, once it is folded
    assert len(name_key(ligature * MAX_LENGTH)) == KEY_LENGTH
    assert name_key(ligature * 30) != name_key(ligature * 31)


def test_finds_misspelt_names() -> None:
    known = {name_key(name): name for name in ("Alan Turing", "Ada Lovelace", "Bada Bing")}
    assert nearest_names("ada lovelase", known) == ["Ada Lovelace"]
    assert nearest_names("zzz", known) == []
    assert nearest_names("ADA", known) == ["Ada Lovelace", "Bada Bing"]


def test_of_thousands_of_names_that_are_about_alike_not_all_are_looked_at_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {f"person {7 * number} of the smith family": f"Person {7 * number}" for number in range(2000)}
    wrong = "person 1234 of the smiht family"
    expected = [known[key] for key in get_close_matches(wrong, known, n=NEAREST)]
    looked_at: list[str] = []
    ratio = SequenceMatcher.ratio

    def counted(matcher: SequenceMatcher[str]) -> float:
        looked_at.append(matcher.a)
        return ratio(matcher)

    monkeypatch.setattr(SequenceMatcher, "ratio", counted)
    assert nearest_names(wrong, known) == expected
    assert len(looked_at) < len(known) / 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("AC/DC", "AC_DC"), ("..", "__"), ('a\\b:*?"<>|', "a_b_______"), ("Анна Ли", "Анна Ли"), ("🦊", "_")],
)
def test_file_names_are_safe(name: str, expected: str) -> None:
    assert file_name(name) == expected


def test_file_names_are_short_in_bytes() -> None:
    assert len(file_name("张" * 200).encode()) <= 100
