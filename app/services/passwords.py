"""What a password must be like, as policies/passwords.yaml says, and how it is kept: as an argon2id hash."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import RuleViolation

FIELD = "new_password"
MAX_LENGTH = 128
ONE_TIME_LENGTH = 16
ONE_TIME_SIGNS = "-+="
UNMISTAKABLE = "".join(sign for sign in string.ascii_letters + string.digits if sign not in "0O1lI")


@dataclass(frozen=True)
class PasswordPolicy:
    """One preset. kinds: of capitals, small letters, digits and signs; remembered: how many old ones are refused."""

    min_length: int
    min_length_of_administrators: int
    kinds: int
    expires_after_days: int | None
    remembered: int
    common: frozenset[str] = frozenset()

    def check(self, password: str, login: str, *, is_administrator: bool) -> None:
        """Raises RuleViolation(FIELD) with the first thing that is wrong."""
        least = self.min_length_of_administrators if is_administrator else self.min_length
        if len(password) < least:
            raise RuleViolation(FIELD, f"密码至少 {least} 个字符。")
        if len(password) > MAX_LENGTH:
            raise RuleViolation(FIELD, f"密码最多 {MAX_LENGTH} 个字符。")
        if _kinds(password) < self.kinds:
            raise RuleViolation(FIELD, f"密码应包含大写字母、小写字母、数字、符号中的至少 {self.kinds} 类。")
        if login.casefold() in password.casefold():
            raise RuleViolation(FIELD, "密码中不能包含账号。")
        core = _core(password)
        if not core or core in self.common or password.casefold() in self.common:
            raise RuleViolation(FIELD, "这个密码过于常见，请另选一个。")

    def has_expired(self, changed_at: datetime | None, now: datetime) -> bool:
        if self.expires_after_days is None or changed_at is None:
            return False
        return now - changed_at >= timedelta(days=self.expires_after_days)


class Passwords:
    """The policy in use and the hasher with its cost; parameters are those of argon2.PasswordHasher."""

    def __init__(self, policy: PasswordPolicy, cost: Mapping[str, Any]) -> None:
        self.policy = policy
        self._hasher = PasswordHasher(**cost)
        self._nobody = self.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, stored: str, password: str) -> bool:
        """Whether it is the one; with nothing stored the answer is no, after the same time."""
        try:
            return self._hasher.verify(stored or self._nobody, password) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def one_time(self) -> str:
        """A random password that every policy accepts and that can be read out over the telephone."""
        signs = "".join(secrets.choice(UNMISTAKABLE) for _ in range(ONE_TIME_LENGTH - 4))
        ends = (string.ascii_uppercase[2:8], string.ascii_lowercase[2:8], "23456789", ONE_TIME_SIGNS)
        return signs + "".join(secrets.choice(kind) for kind in ends)


def read_policy(source: str) -> PasswordPolicy:
    """The preset that the policy file chooses."""
    data = yaml.safe_load(source)
    common = frozenset(str(word).casefold() for word in data["common"])
    return PasswordPolicy(**data["presets"][data["use"]], common=common)


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
    return sum(any(map(test, password)) for test in tests)


def _core(password: str) -> str:
    """The password without the digits and signs around it: what people add to a word to satisfy a rule."""
    return password.casefold().strip(string.digits + string.punctuation)
