"""Who may do what: a password for people, tokens for programs, kept hashed in the database's settings."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from db import Database

PASSWORD = "web_password"
TOKENS = "web_tokens"
SECRET = "web_secret"
SHORTEST = 10  # characters of a password

Scope = Literal["read", "manage"]


@dataclass(frozen=True, slots=True)
class Token:
    """A program's way in; `digest` is the SHA-256 of a secret that is shown once."""

    name: str
    scope: Scope
    digest: str


class Access:
    """The password, the tokens and the secret that signs sessions.

    Args:
        database: keeps them as settings, so that they outlast the program.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hasher = PasswordHasher()

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self.lacks_password and not self.tokens()

    @property
    def lacks_password(self) -> bool:
        """Whether there is no password with which anybody could log in."""
        return self._database.setting(PASSWORD) is None

    def set_password(self, password: str) -> None:
        """Ask for this password from now on; who is logged in by the last one is so no longer.

        Raises:
            ValueError: it is too short.
        """
        if len(password) < SHORTEST:
            raise ValueError(f"A password needs at least {SHORTEST} characters: choose a longer one.")
        self._database.set_setting(PASSWORD, self._hasher.hash(password))

    def remove_password(self) -> bool:
        """Ask for none, from the next start of the pages on; whether there was one. Nobody can log in until then."""
        was_there = not self.lacks_password
        self._database.set_setting(PASSWORD, None)
        return was_there

    def has_password(self, password: str) -> bool:
        """Whether it is the password."""
        try:
            return self._hasher.verify(str(self._database.setting(PASSWORD)), password)
        except (Argon2Error, InvalidHashError):
            return False

    @property
    def mark(self) -> str:
        """What a session holds of the password it was opened with: it changes with the password."""
        return hashlib.sha256(str(self._database.setting(PASSWORD)).encode()).hexdigest()[:16]

    def tokens(self) -> Sequence[Token]:
        """Those that are valid."""
        return _tokens(self._database.setting(TOKENS))

    def add_token(self, name: str, scope: Scope) -> str:
        """Make a token, in place of the one of this name, and return its secret, which is nowhere else."""
        secret = secrets.token_urlsafe(32)
        token = Token(name, scope, hashlib.sha256(secret.encode()).hexdigest())
        self._change(lambda tokens: [*_without(tokens, name), token])
        return secret

    def remove_token(self, name: str) -> bool:
        """Let a token be valid no longer; whether there was one of this name."""
        was_there = any(token.name == name for token in self.tokens())
        self._change(lambda tokens: _without(tokens, name))
        return was_there

    def token(self, secret: str) -> Token | None:
        """The token with this secret."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        return next((token for token in self.tokens() if hmac.compare_digest(token.digest, digest)), None)

    def secret(self) -> str:
        """What signs sessions; made once."""
        secret = self._database.setting(SECRET)
        if not isinstance(secret, str):
            new = secrets.token_hex(32)
            secret = self._database.change_setting(SECRET, lambda kept: kept if isinstance(kept, str) else new)
        return str(secret)

    def _change(self, change: Callable[[Sequence[Token]], Sequence[Token]]) -> None:
        """Let other tokens be valid: in one transaction, lest one that another program revokes comes back."""
        self._database.change_setting(TOKENS, lambda kept: [asdict(token) for token in change(_tokens(kept))])


def _tokens(kept: Sequence[Mapping[str, Any]] | None) -> Sequence[Token]:
    return [Token(**token) for token in kept or ()]


def _without(tokens: Sequence[Token], name: str) -> Sequence[Token]:
    return [token for token in tokens if token.name != name]
