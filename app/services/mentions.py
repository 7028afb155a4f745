"""@ in a comment: which persons its text names. A name is found in running text, as Chinese has no spaces."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app.errors import InvalidForm
from app.queries.mentionable import Mentionable

AT = re.compile(r"(?<![A-Za-z0-9._%+-])@([\w.·-]{1,80})")  # no part of an address such as a@b.cn
IN_LOGIN = re.compile(r"[A-Za-z0-9_]")
MOST = 20


def mentioned(text: str, people: Sequence[Mentionable], field: str = "text") -> list[Mentionable]:
    """Those the text names by `@name` or `@login`, each once. Raises InvalidForm(field) for a name that is nobody's.

    people: who may be named. Of several readings the longest is meant; two of one name are told apart by their logins.
    """
    words = _words(people)
    found: dict[int, Mentionable] = {}
    errors: list[str] = []
    for token in AT.findall(text):
        meant = words.get(_longest(token, words), [])
        if len(meant) == 1:
            found[meant[0].person_id] = meant[0]
        elif meant:
            logins = "、".join(f"@{one.login}（{one.unit}）" for one in meant)
            errors.append(f"“{meant[0].name}”有 {len(meant)} 人，请写明账号：{logins}。")
        else:
            errors.append(f"没有可以提及的人员“@{token[:20]}”，只能提及可以查看此事项的人员。")
    if len(found) > MOST:
        errors.append(f"一次最多提及 {MOST} 人，其他人员请抄送。")
    if errors:
        raise InvalidForm([(field, error) for error in dict.fromkeys(errors)])
    return list(found.values())


def _words(people: Iterable[Mentionable]) -> Mapping[str, list[Mentionable]]:
    words: dict[str, list[Mentionable]] = defaultdict(list)
    for one in people:
        words[one.name].append(one)
        if one.login != one.name:
            words[one.login].append(one)
    return words


def _longest(token: str, words: Iterable[str]) -> str:
    """The longest word with which the token begins; empty where none is."""
    fitting = [word for word in words if token.startswith(word) and not _goes_on(token, word)]
    return max(fitting, key=len, default="")


def _goes_on(token: str, word: str) -> bool:
    """`@anna` is not Ann: a Latin word ends where its letters end."""
    rest = token[len(word) :]
    return bool(rest) and bool(IN_LOGIN.match(rest)) and bool(IN_LOGIN.match(word[-1]))
