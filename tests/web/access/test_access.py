"""Tokens and secrets, also where several change them at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from db import Database
from web.access.access import Access


def test_tokens_that_are_made_at_once_are_all_valid(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db", timeout=60) as database, ThreadPoolExecutor(8) as pool:
        access = Access(database)
        secrets = list(pool.map(lambda number: access.add_token(f"program {number}", "read"), range(16)))
        assert all(access.token(secret) for secret in secrets)


def test_a_token_that_is_revoked_while_others_are_made_does_not_come_back(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db", timeout=60) as database, ThreadPoolExecutor(8) as pool:
        access = Access(database)
        revoked = [access.add_token(f"program {number}", "read") for number in range(8)]
        made = pool.map(lambda number: access.add_token(f"another {number}", "read"), range(8))
        gone = pool.map(lambda number: access.remove_token(f"program {number}"), range(8))
        assert all(made) and all(gone)
        assert not any(access.token(secret) for secret in revoked)


def test_all_who_begin_at_once_sign_sessions_by_one_secret(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db", timeout=60) as database, ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: Access(database).secret(), range(8)))
        assert secrets == {Access(database).secret()}
